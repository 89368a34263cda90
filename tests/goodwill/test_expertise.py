"""What people know, as the votes on their contributions show it, and who vouches for it."""

import random
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goodwill import queries
from goodwill.areas import Area
from goodwill.errors import ExpertiseNotThere, OwnExpertise, StaffVerify
from goodwill.levels import level_of
from goodwill.models import Evidence, UserExpertise
from goodwill.services import (
    record_evidence,
    recount_votes,
    take_back_vote,
    unverify_expertise,
    verify_expertise,
)
from goodwill.services.expertise import Contribution
from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.services import delete_account
from tests.factories.people import person

pytestmark = pytest.mark.django_db
PAINTING = Area("painting")


def known(user) -> list[tuple[str, str, str, int]]:
    return [
        (row.category, row.subcategory, row.expertise_level, row.reputation_score)
        for row in queries.expertises_of(user)
    ]


def recount(*things, by) -> None:
    recount_votes(content_type="help_response", content_ids=[each.pk for each in things], by=by)


def credit(user, points: int, area: Area = PAINTING, kind=UserExpertise.Kind.HELP_RESPONSES) -> None:
    """Evidence worth so many points."""
    record_evidence(contributions=[Contribution(uuid4(), kind, user.pk, area, points)], by=user)


@pytest.mark.covers("REP-01", "REP-02", "REP-03", "REP-04", "REP-05", "REP-06", "REP-07", "REP-08", "REP-16")
def test_a_contribution_makes_its_author_known_in_its_area(ben, things):
    tip = things.pin(ben, "painting", " Dry  Brushing ")
    recount(tip, by=ben)
    row = UserExpertise.objects.get()
    assert (row.user, row.category, row.subcategory) == (ben, "painting", "dry brushing")
    assert (row.expertise_level, row.evidence_type) == ("novice", "help_responses")
    assert (row.reputation_score, row.verified_by) == (0, None)
    assert row.created_at is not None
    assert UserExpertise._meta.db_table == "user_expertise"
    assert UserExpertise.Level.values == ["novice", "intermediate", "expert", "master"]
    assert UserExpertise.Kind.values == ["tutorial_creation", "help_responses", "mentor_rating"]


@pytest.mark.covers("REP-17", "REC-102")
def test_the_score_follows_the_votes_and_what_the_thing_is_worth(ada, mei, sam, ben, thing, vote, settings):
    def score() -> int:
        return UserExpertise.objects.get(user=ben).reputation_score

    vote(ada, thing)
    assert score() == 2
    vote(mei, thing, is_helpful=False)
    assert score() == 1
    vote(mei, thing)
    assert score() == 4
    vote(sam, thing, is_helpful=False)
    thing.worth = settings.PEERLOOP.REPUTATION_SOLUTION
    recount(thing, by=ada)
    assert score() == 13
    take_back_vote(content_type="help_response", content_id=thing.pk, by=sam)
    assert score() == 14
    recount(thing, by=ada)
    assert score() == 14


def test_the_weights_are_those_of_the_requirements(settings):
    product = settings.PEERLOOP
    assert (product.REPUTATION_HELPFUL_VOTE, product.REPUTATION_UNHELPFUL_VOTE) == (2, -1)
    assert (product.REPUTATION_SOLUTION, product.REPUTATION_TUTORIAL, product.REPUTATION_MENTOR_SESSION) == (10, 5, 5)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (-3, "novice"),
        (0, "novice"),
        (49, "novice"),
        (50, "intermediate"),
        (199, "intermediate"),
        (200, "expert"),
        (499, "expert"),
        (500, "master"),
    ],
)
@pytest.mark.covers("REC-102")
def test_the_level_follows_the_score(ben, score, level):
    credit(ben, score)
    assert known(ben) == [("painting", "", level, score)]


def test_a_level_falls_again_with_the_score(ada, ben, thing, vote):
    credit(ben, 49)
    vote(ada, thing)
    assert known(ben) == [("painting", "", "intermediate", 51)]
    vote(ada, thing, is_helpful=False)
    assert known(ben) == [("painting", "", "novice", 48)]


@pytest.mark.covers("REP-09", "REC-10")
def test_there_is_one_expertise_per_area_and_an_empty_subcategory_is_one(ben):
    for _ in range(2):
        credit(ben, 5)
        credit(ben, 1, Area("painting", "washes"))
    assert known(ben) == [("painting", "", "novice", 10), ("painting", "washes", "novice", 2)]
    for subcategory in ("", "washes"):
        with pytest.raises(IntegrityError), transaction.atomic():
            UserExpertise.objects.create(user=ben, category="painting", subcategory=subcategory)


def test_the_main_kind_of_evidence_is_the_one_that_weighs_most(ben):
    def kind() -> str:
        return UserExpertise.objects.get().evidence_type

    credit(ben, 5)
    credit(ben, 8, kind=UserExpertise.Kind.MENTOR_RATING)
    assert kind() == "mentor_rating"
    credit(ben, 10)
    assert kind() == "help_responses"


def test_what_is_hidden_moved_or_gone_counts_where_it_stands_now(ada, ben, mei, things, thing, another, vote):
    for tip in (thing, another):
        vote(ada, tip)
    assert known(ben) == [("painting", "", "novice", 4)]
    thing.area = Area("gaming", "rules")
    recount(thing, by=ada)
    assert sorted(known(ben)) == [("gaming", "rules", "novice", 2), ("painting", "", "novice", 2)]
    another.area = None
    recount(another, by=ada)
    assert known(ben) == [("gaming", "rules", "novice", 2)]
    del things[thing.pk]
    recount(thing, by=ada)
    assert (known(ben), Evidence.objects.count()) == ([], 0)
    another.area = Area("painting")
    recount(another, by=ada)
    assert known(ben) == [("painting", "", "novice", 2)]


def test_a_verified_expertise_stays_when_its_evidence_goes(ada, ben, root, thing, vote):
    vote(ada, thing)
    verify_expertise(expertise_id=UserExpertise.objects.get().pk, by=root)
    thing.area = None
    recount(thing, by=ada)
    assert known(ben) == [("painting", "", "novice", 0)]


def test_after_any_sequence_of_votes_counts_and_scores_are_those_of_the_votes(ada, mei, sam, ben, things, vote):
    chance = random.Random(7)
    tips = [things.pin(ben), things.pin(ben, "gaming"), things.pin(mei, "painting", "washes")]
    for _ in range(120):
        voter, tip = chance.choice([ada, mei, sam, ben]), chance.choice(tips)
        what = chance.choice(["yes", "no", "back", "hide", "show", "solve"])
        if what in {"hide", "show", "solve"}:
            tip.area = None if what == "hide" else Area(chance.choice(["painting", "gaming"]))
            tip.worth = 10 if what == "solve" else 0
            recount(tip, by=ada)
        elif voter != tip.author and what == "back":
            take_back_vote(content_type="help_response", content_id=tip.pk, by=voter)
        elif voter != tip.author:
            vote(voter, tip, what == "yes")
        assert list(queries.problems()) == []
    for tip in tips:
        rows = [queries.votes_of(voter, "help_response", [tip.pk]).get(tip.pk) for voter in (ada, mei, sam, ben)]
        assert tip.helpful == rows.count(True)
        worth = rows.count(True) * 2 - rows.count(False) + tip.worth
        evidence = Evidence.objects.filter(content_id=tip.pk).values_list("points", "expertise__category")
        assert list(evidence) == ([(worth, tip.area.category)] if tip.area else [])


def test_the_audit_names_a_score_that_is_not_its_evidence(ben):
    credit(ben, 5)
    UserExpertise.objects.update(reputation_score=7)
    assert list(queries.problems()) == ["Ben Okoro: Novice in Painting is scored 7, its evidence comes to 5."]


@pytest.mark.covers("REC-41", "REP-18")
def test_beside_contributions_stands_the_expertise_in_the_area(ada, ben, mei, oskar, django_assert_num_queries):
    credit(ben, 300)
    credit(ben, 60, Area("painting", "washes"))
    credit(ben, 900, Area("gaming"))
    credit(mei, 60, Area("painting", "washes"))
    people = [ada, ben, mei, oskar]
    with django_assert_num_queries(1):
        at_large = queries.expertise_of(people, Area("painting"))
    assert {user_id: row.name for user_id, row in at_large.items()} == {ben.pk: "Painting", mei.pk: "Washes"}
    narrow = queries.expertise_of(people, Area("painting", "washes"))
    assert [narrow[each.pk].expertise_level for each in (ben, mei)] == ["intermediate", "intermediate"]
    assert queries.expertise_of([], Area("painting")) == {}


@pytest.mark.covers("REC-109")
def test_something_new_concerns_those_who_know_the_category_and_the_subcategory_if_both_have_one(ada, ben, mei, sam):
    credit(ben, 1)
    credit(mei, 1, Area("painting", "washes"))
    credit(sam, 1, Area("painting", "glazes"))
    credit(ada, 1, Area("gaming"))

    def told(area: Area) -> list[str]:
        return sorted(queries.people_knowing(area).values_list("username", flat=True))

    assert told(Area("painting")) == ["ben", "mei", "sam"]
    assert told(Area("painting", "washes")) == ["ben", "mei"]
    assert told(Area("modeling")) == []


@pytest.mark.covers("REP-07", "REC-102")
def test_staff_verify_by_name_once_and_take_it_back(ben, root, oskar):
    credit(ben, 5)
    key = UserExpertise.objects.get().pk
    other = person("other-staff", is_staff=True)
    for by in (root, other):
        assert verify_expertise(expertise_id=key, by=by).verified_by == root
    for _ in range(2):
        assert unverify_expertise(expertise_id=key, by=other).verified_by is None


def test_nobody_else_verifies_nor_staff_themselves(ben, root, oskar):
    credit(ben, 5)
    credit(root, 5)
    ids = {row.user_id: row.pk for row in UserExpertise.objects.all()}
    for by, key, refusal in [
        (oskar, ids[ben.pk], StaffVerify),
        (ben, ids[ben.pk], StaffVerify),
        (root, ids[root.pk], OwnExpertise),
        (root, uuid4(), ExpertiseNotThere),
    ]:
        with pytest.raises(refusal):
            verify_expertise(expertise_id=key, by=by)
    assert UserExpertise.objects.exclude(verified_by=None).count() == 0


def test_staff_verify_in_the_admin(as_user, ben, root, oskar):
    credit(ben, 5)
    credit(root, 5)
    address = "/admin/goodwill/userexpertise/"
    chosen = [str(each.pk) for each in UserExpertise.objects.order_by("pk")]
    asked = {"action": "verify", "_selected_action": chosen}
    assert as_user(oskar).post(address, asked).status_code == 302
    assert UserExpertise.objects.exclude(verified_by=None).count() == 0
    page = as_user(root).post(address, asked, follow=True).content.decode()
    assert "Somebody else has to verify what you know." in page
    assert "Verified: 1" in page
    assert list(UserExpertise.objects.exclude(verified_by=None).values_list("user", "verified_by")) == [
        (ben.pk, root.pk)
    ]
    as_user(root).post(address, {"action": "take_back_verification", "_selected_action": chosen[:1]})
    assert UserExpertise.objects.exclude(verified_by=None).count() == 0


@pytest.mark.covers("REP-18")
def test_a_profile_shows_what_its_person_knows(as_user, ada, ben, root):
    credit(ben, 60, Area("painting", "washes"))
    verify_expertise(expertise_id=UserExpertise.objects.get().pk, by=root)
    page = as_user(ada).get(f"/people/{ben.username}").content.decode()
    assert "Intermediate in washes" in page
    assert "reputation 60" in page
    assert "Expertise" not in as_user(ada).get(f"/people/{ada.username}").content.decode()


def test_expertise_goes_with_the_account_and_into_the_export(ben):
    credit(ben, 60, Area("painting", "washes"))
    [row] = exports["expertise"].rows(ben)
    assert (row["category"], row["subcategory"], row["expertise_level"], row["reputation_score"]) == (
        "painting",
        "washes",
        "intermediate",
        60,
    )
    delete_account(user=ben, by=ben)
    assert (UserExpertise.objects.count(), Evidence.objects.count()) == (0, 0)


def test_of_a_deleted_account_nothing_is_known_any_more(ada, mei, ben, thing, vote):
    vote(ada, thing)
    delete_account(user=ben, by=ben)
    vote(mei, thing)
    assert (thing.helpful, UserExpertise.objects.count(), Evidence.objects.count()) == (2, 0, 0)


def test_levels_are_settings(settings):
    settings.PEERLOOP = replace(settings.PEERLOOP, EXPERTISE_EXPERT=100)
    assert [level_of(score) for score in (99, 100)] == ["intermediate", "expert"]
