"""`manage.py import_course` and `manage.py certify`."""

from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image

from courses.models import Course, Module, ModuleProgress
from courses.permissions import is_certified
from courses.services import complete_module, enrol

HEAD = """---
title: Terrain
slug: terrain
summary: Foam and plaster.
category: modeling
cover: cover.webp
---
About **foam**.
"""


@pytest.fixture
def folder(tmp_path, db) -> Path:
    (tmp_path / "modules").mkdir()
    (tmp_path / "course.md").write_text(HEAD)
    picture = BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "WEBP")
    (tmp_path / "cover.webp").write_bytes(picture.getvalue())
    for number, slug in enumerate(["foam", "plaster", "moss"], start=1):
        write(tmp_path, f"{number:02}-{slug}", f"title: {slug.title()}\nminutes: 10", f"About {slug}.")
    return tmp_path


def write(folder: Path, name: str, head: str, body: str) -> None:
    (folder / "modules" / f"{name}.md").write_text(f"---\n{head}\n---\n{body}\n")


def run(*arguments) -> str:
    out = StringIO()
    call_command(*[str(argument) for argument in arguments], stdout=out)
    return out.getvalue()


def rows() -> list:
    return [list(Course.objects.values()), list(Module.objects.order_by("pk").values())]


def test_a_folder_becomes_a_course(folder):
    said = run("import_course", folder)
    assert said == "Terrain: new (terrain).\nAdded: foam, plaster, moss.\n"
    course = Course.objects.get()
    assert (course.html, course.category, course.published) == ("<p>About <strong>foam</strong>.</p>", "modeling", True)
    assert default_storage.open(course.cover.name).read() == (folder / "cover.webp").read_bytes()
    assert [(each.position, each.slug, each.html) for each in course.modules.all()] == [
        (1, "foam", "<p>About foam.</p>"),
        (2, "plaster", "<p>About plaster.</p>"),
        (3, "moss", "<p>About moss.</p>"),
    ]


def test_a_second_import_changes_nothing(folder):
    run("import_course", folder)
    before = rows()
    assert run("import_course", folder) == "Terrain: updated (terrain).\nNo module differed.\n"
    assert rows() == before


def test_a_changed_folder_updates_the_course_and_keeps_progress(folder, ada):
    run("import_course", folder)
    course = Course.objects.get()
    enrol(course=course, by=ada)
    for slug in ("foam", "moss"):
        complete_module(module=course.modules.get(slug=slug), by=ada)
    (folder / "modules" / "01-foam.md").unlink()
    (folder / "modules" / "03-moss.md").rename(folder / "modules" / "01-moss.md")
    write(folder, "04-trees", "title: Trees", "New.")
    said = run("import_course", folder)
    assert said.splitlines() == [
        "Terrain: updated (terrain).",
        "Added: trees.",
        "Changed: moss.",
        "Not in the folder any more, moved to the end: foam.",
    ]
    assert list(course.modules.values_list("slug", flat=True)) == ["moss", "plaster", "trees", "foam"]
    assert set(ModuleProgress.objects.values_list("module__slug", flat=True)) == {"foam", "moss"}


BROKEN = {
    "no course.md": (lambda folder: (folder / "course.md").unlink(), "course.md: this file is missing."),
    "no front matter": (
        lambda folder: (folder / "course.md").write_text("Terrain"),
        "course.md: it does not start with a front matter between two lines of ---.",
    ),
    "not YAML": (lambda folder: (folder / "course.md").write_text("---\na: [\n---\n"), "front matter is not YAML"),
    "unknown key": (lambda folder: write(folder, "02-plaster", "titel: Plaster", ""), "02-plaster.md: title:"),
    "unknown category": (
        lambda folder: (folder / "course.md").write_text(HEAD.replace("modeling", "zebra")),
        "course.md: category: Input should be 'painting', 'modeling', 'gaming' or 'general'",
    ),
    "misnamed module": (lambda folder: write(folder, "plaster", "title: P", ""), "a module is called NN-its-slug.md"),
    "one slug twice": (lambda folder: write(folder, "09-foam", "title: P", ""), "another module is called foam, too."),
    "no module": (
        lambda folder: [path.unlink() for path in (folder / "modules").iterdir()],
        "modules: there is no module here.",
    ),
    "not text": (lambda folder: (folder / "modules" / "02-plaster.md").write_bytes(b"\xff\xfe"), "not a text in UTF-8"),
    "no cover": (lambda folder: (folder / "cover.webp").unlink(), "cover.webp: this file is missing."),
    "forged cover": (
        lambda folder: (folder / "cover.webp").write_text("<svg onload=alert(1)>"),
        "cover.webp: this is not a picture that can be read.",
    ),
    "escaping cover": (
        lambda folder: (folder / "course.md").write_text(HEAD.replace("cover.webp", "../../secret.webp")),
        "course.md: cover: String should match pattern",
    ),
    "too long title": (
        lambda folder: write(folder, "02-plaster", f"title: {'x' * 121}", ""),
        "02-plaster.md: title: String should have at most 120 characters",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_folder_is_refused_with_file_and_reason_and_changes_nothing(folder, case):
    run("import_course", folder)
    before = rows()
    write(folder, "03-moss", "title: Changed", "Changed.")
    spoil, reason = BROKEN[case]
    spoil(folder)
    with pytest.raises(CommandError) as refusal:
        run("import_course", folder)
    assert reason in str(refusal.value)
    assert rows() == before


@pytest.mark.parametrize("path", sorted((settings.BASE_DIR / "peerloop/pages/demo/courses").iterdir()), ids=str)
def test_the_demonstration_courses_can_be_imported(db, path):
    run("import_course", path)
    assert "No module differed." in run("import_course", path)


def test_certify_makes_and_unmakes_student_teachers(course, oskar):
    assert run("certify", "oskar", "painting") == (
        "Oskar Berg is a Student-Teacher of Painting Miniatures: Foundations.\n"
    )
    assert is_certified(oskar, course) is True
    run("certify", "oskar", "painting")
    run("certify", "oskar", "painting", "--withdraw")
    assert is_certified(oskar, course) is False


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nobody", "painting"), "Nobody has the user name nobody."),
        (("ada", "zebra"), "There is no course zebra. There are: painting."),
        (("peerloop", "painting"), "PeerLoop has no open account, so there is nobody to certify."),
    ],
)
def test_certify_says_what_is_wrong(course, arguments, reason):
    with pytest.raises(CommandError) as refusal:
        run("certify", *arguments)
    assert str(refusal.value) == reason
