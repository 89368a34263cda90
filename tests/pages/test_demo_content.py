"""The demonstration's texts obey the rules of the product, so that seeding them can never be refused."""

import ast
import contextlib
import io
import re
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.conf import settings
from django.utils import timezone
from PIL import Image

from courses.folders import read_folder
from helpdesk.bookings.models import BookedQuarter, Booking
from peerloop.core.markup.prose import mentioned_usernames
from peerloop.pages.demo import seeding
from tests.factories.courses import make_course

DEMO = settings.BASE_DIR / "peerloop" / "pages" / "demo"
COURSES = {"painting-miniatures-foundations": 7, "python-first-steps": 7, "statistics-by-example": 6}
SPENDING_LIMIT = 45  # of a starting balance of 50: nobody in the demonstration is left with nothing to give
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
AGO = re.compile(r"(?:(?P<days>\d+)d ?)?(?:(?P<hours>\d+)h ?)?(?:(?P<minutes>\d+)m)?")
MESSAGE_KEYS = {"key", "author", "ago", "text", "question", "reply_to", "award", "claimed"}
PERSON_KEYS = {
    "username", "name", "bio", "time_zone", "roles", "enrolled", "finished", "certified", "expertise",
}  # fmt: skip

each_course = pytest.mark.parametrize("slug", COURSES)


@cache
def people() -> dict[str, dict]:
    return {person["username"]: person for person in yaml.safe_load((DEMO / "people.yaml").read_text(encoding="utf-8"))}


@cache
def conversation(slug: str) -> list[dict]:
    return yaml.safe_load((DEMO / "conversations" / f"{slug}.yaml").read_text(encoding="utf-8"))


def members(slug: str) -> set[str]:
    return {name for name, person in people().items() if slug in person["enrolled"] + person["certified"]}


def age(ago: str) -> timedelta:
    parts = AGO.fullmatch(ago)
    assert ago, "a message needs an age"
    assert parts, f"{ago!r} is not an age"
    return timedelta(**{unit: int(number) for unit, number in parts.groupdict().items() if number})


def answers_by_others(messages: list[dict], question: dict) -> list[dict]:
    return [m for m in messages if m.get("reply_to") == question["key"] and m["author"] != question["author"]]


def open_questions(messages: list[dict]) -> list[dict]:
    return [m for m in messages if m.get("question") and not answers_by_others(messages, m)]


def awards(messages: list[dict]) -> list[tuple[dict, str, int]]:
    return [(m, award["from"], award["points"]) for m in messages for award in m.get("award", [])]


def code_blocks(text: str) -> list[str]:
    return [block for language, block in FENCE.findall(text) if language == "python"]


# Courses


@each_course
def test_a_course_is_read_as_the_importer_reads_it(slug: str) -> None:
    course = read_folder(DEMO / "courses" / slug)
    assert course.slug == slug
    assert len(course.modules) == COURSES[slug]
    assert 0 < len(course.fields["summary"]) <= 160
    assert course.fields["description"]


@each_course
def test_a_module_is_a_lesson_of_fitting_length_under_h2_headings(slug: str) -> None:
    for module in read_folder(DEMO / "courses" / slug).modules:
        body = module.fields["body"]
        assert body.startswith("## "), module.slug
        assert not re.search(r"^# ", FENCE.sub("", body), re.MULTILINE), module.slug
        assert 350 <= len(body.split()) <= 700, module.slug
        assert 10 <= module.fields["minutes"] <= 90, module.slug
        assert 0 < len(module.fields["summary"]) <= 160, module.slug


@each_course
def test_a_cover_is_a_small_webp(slug: str) -> None:
    cover = read_folder(DEMO / "courses" / slug).cover
    assert cover is not None
    assert cover.stat().st_size < 60_000
    with Image.open(cover) as picture:
        assert picture.format == "WEBP"


def test_the_courses_stand_in_a_fixed_order() -> None:
    orders = {slug: read_folder(DEMO / "courses" / slug).fields["order"] for slug in COURSES}
    assert sorted(orders, key=orders.__getitem__) == list(COURSES)


def test_every_python_example_prints_exactly_what_stands_beneath_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for module in read_folder(DEMO / "courses" / "python-first-steps").modules:
        assert printed_by_examples(module.fields["body"]) == printed_in_the_text(module.fields["body"]), module.slug


def printed_by_examples(body: str) -> list[str]:
    """What each block prints. The blocks of a module share their names, as they do for a reader who types along."""
    names: dict = {}
    printed = []
    for block in code_blocks(body):
        with contextlib.redirect_stdout(io.StringIO()) as screen:
            exec(compile(block, "example", "exec"), names)  # noqa: S102 - our own examples, checked in with this test
        printed.append(screen.getvalue())
    return [text for text in printed if text]


def printed_in_the_text(body: str) -> list[str]:
    return [block for language, block in FENCE.findall(body) if language == "text"]


# People


def test_everybody_is_described_completely_and_lives_in_a_time_zone() -> None:
    listed = yaml.safe_load((DEMO / "people.yaml").read_text(encoding="utf-8"))
    assert len({person["username"] for person in listed}) == len(listed) == 42
    for person in listed:
        assert set(person) == PERSON_KEYS, person["username"]
        assert re.fullmatch(r"[a-z]{2,20}", person["username"])
        assert person["name"].strip()
        assert 0 < len(person["bio"]) <= 120
        assert ZoneInfo(person["time_zone"])
        assert set(person["roles"]) <= {"staff", "support", "mentor"}


def test_nobody_is_a_student_and_a_helper_of_one_course_or_has_finished_modules_it_lacks() -> None:
    for name, person in people().items():
        assert set(person["enrolled"]) | set(person["certified"]) <= set(COURSES), name
        assert not set(person["enrolled"]) & set(person["certified"]), name
        assert set(person["finished"]) == set(person["enrolled"]), name
        assert all(0 <= done <= COURSES[slug] for slug, done in person["finished"].items()), name


def test_the_fixed_cast_has_the_places_the_demonstration_promises() -> None:
    cast, first = people(), next(iter(COURSES))
    assert cast["ada"]["enrolled"] == [first]
    assert cast["ben"]["certified"] == [first]
    assert cast["oskar"]["enrolled"] == cast["oskar"]["certified"] == []
    assert cast["mei"]["certified"] == ["python-first-steps", "statistics-by-example"]
    assert {name: person["roles"] for name, person in cast.items() if person["roles"]} == {
        "mei": ["mentor"],
        "sam": ["support"],
        "root": ["staff"],
    }


# Conversations


@each_course
def test_a_conversation_runs_through_the_last_six_days_in_order(slug: str) -> None:
    messages = conversation(slug)
    ages = [age(m["ago"]) for m in messages]
    assert 45 <= len(messages) <= 70
    assert ages == sorted(set(ages), reverse=True)
    assert timedelta(days=5) < ages[0] < timedelta(days=6)
    assert ages[-1] < timedelta(hours=1)


@each_course
def test_messages_have_known_keys_a_key_of_their_own_and_a_sendable_text(slug: str) -> None:
    messages = conversation(slug)
    assert len({m["key"] for m in messages}) == len(messages)
    for m in messages:
        assert set(m) <= MESSAGE_KEYS, m["key"]
        assert 0 < len(m["text"].strip()) <= settings.PEERLOOP.MESSAGE_CHARACTERS, m["key"]


@each_course
def test_only_members_of_a_course_speak_and_are_mentioned_in_its_room(slug: str) -> None:
    for m in conversation(slug):
        assert m["author"] in members(slug), m["key"]
        assert mentioned_usernames(m["text"]) <= members(slug) - {m["author"]}, m["key"]


@each_course
def test_replies_answer_an_earlier_question_of_the_room_and_are_no_questions(slug: str) -> None:
    asked: set[str] = set()
    for m in conversation(slug):
        if "reply_to" in m:
            assert m["reply_to"] in asked, m["key"]
            assert not m.get("question"), m["key"]
        if m.get("question"):
            asked.add(m["key"])


@each_course
def test_a_question_has_at_most_four_answers_and_only_the_last_ones_are_open(slug: str) -> None:
    messages = conversation(slug)
    questions = [m for m in messages if m.get("question")]
    unanswered = open_questions(messages)
    assert all(len(answers_by_others(messages, q)) <= 4 for q in questions)
    assert 2 <= len(unanswered) <= 3
    assert unanswered == questions[-len(unanswered) :]
    assert all(age(q["ago"]) < timedelta(hours=6) for q in unanswered)


def test_ada_waits_for_an_answer_in_the_first_course() -> None:
    waiting = open_questions(conversation(next(iter(COURSES))))
    assert [q["author"] for q in waiting] == ["noor", "luca", "ada"]


@each_course
def test_an_award_goes_to_another_members_answer_once_from_each_giver(slug: str) -> None:
    given = awards(conversation(slug))
    assert len(given) >= 10
    assert len({(m["key"], giver) for m, giver, _ in given}) == len(given)
    for m, giver, points in given:
        assert "reply_to" in m, m["key"]
        assert giver in members(slug) - {m["author"]}, m["key"]
        assert 3 <= points <= 10, m["key"]


def test_nobody_gives_more_than_the_starting_balance_allows() -> None:
    spent: Counter[str] = Counter()
    for slug in COURSES:
        for _, giver, points in awards(conversation(slug)):
            spent[giver] += points
    assert {giver: points for giver, points in spent.items() if points > SPENDING_LIMIT} == {}


@each_course
def test_a_claim_is_a_certified_helpers_on_an_open_question_and_younger_than_it(slug: str) -> None:
    messages = conversation(slug)
    for m in (m for m in messages if "claimed" in m):
        assert m in open_questions(messages), m["key"]
        assert slug in people()[m["claimed"]["by"]]["certified"], m["key"]
        assert age(m["claimed"]["ago"]) < min(age(m["ago"]), timedelta(minutes=settings.PEERLOOP.CLAIM_MINUTES))


@each_course
def test_code_in_messages_is_python(slug: str) -> None:
    for m in conversation(slug):
        for block in code_blocks(m["text"]):
            assert ast.parse(block), m["key"]


# Booked sessions


@pytest.mark.django_db
def test_the_booked_sessions_can_be_booked_at_any_day_of_the_week_and_once(monkeypatch) -> None:
    users, courses = seeded_people()
    first = timezone.now()
    for day in range(8):
        now = first + timedelta(days=day)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert seeding.bookings(users, courses) == 2
        if day < 7:
            BookedQuarter.objects.all().delete()
            Booking.objects.all().delete()
    assert seeding.bookings(users, courses) == 2
    assert sorted(Booking.objects.values_list("student__username", "status")) == [
        ("ada", "accepted"),
        ("maya", "requested"),
    ]


def seeded_people() -> tuple[dict, dict]:
    """Those of the plan with their courses, without everybody's talk."""
    plan = yaml.safe_load((DEMO / "bookings.yaml").read_text(encoding="utf-8"))
    names = {each["helper"] for each in plan["hours"]} | {each["student"] for each in plan["bookings"]}
    users = {name: seeding.account(people()[name]) for name in names}
    courses = {slug: make_course(slug=slug, modules=1) for slug in COURSES}
    for name, user in users.items():
        seeding.take_part(user, {**people()[name], "finished": {}}, courses)
        user.refresh_from_db()
    return users, courses
