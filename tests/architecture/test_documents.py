"""What the documents name is there, and what is generated is fresh."""

import re

import pytest

from peerloop.operations import catalogues
from tests.architecture.house import ROOT, files, name_of

DOCUMENTS = [
    path for path in files("*.md") if path.name != "requirements.md" and "peerloop/pages/demo" not in name_of(path)
]
# `a/path.py`, `a/folder/`, `File.md`; no addresses of the site (/courses), no capitals to fill in (APP).
NAMED = re.compile(r"`((?:[\w.-]+/)+(?:[\w.-]+\.\w+)?|[\w-]+\.(?:md|toml|txt))`")
LINKED = re.compile(r"\]\(([^):#]+)\)")
IN_CODE = re.compile(r"\(([\w/.-]+\.(?:py|html|js))\)")
# Made when the site runs, or on other machines.
ELSEWHERE = ("var/", "etc/", "run/", "srv/")


def named_in(text: str) -> set[str]:
    found = set(NAMED.findall(text)) | set(IN_CODE.findall(text))
    return {name for name in found if not name.startswith(ELSEWHERE) and not re.search(r"\b[A-Z]{2,}\b/", name)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_path_in_the_documents_is_there(document):
    text = document.read_text()
    missing = [
        name for name in sorted(named_in(text)) if not (ROOT / name).exists() and not (document.parent / name).exists()
    ]
    assert missing == []
    assert [link for link in LINKED.findall(text) if not (document.parent / link).exists()] == []


def test_generated_documents_are_fresh():
    fresh = catalogues.written()
    assert sorted(path.name for path in fresh) == ["errors.md", "events.md", "notices.md", "openapi.json"]
    assert [path.name for path, text in fresh.items() if path.read_text() != text] == []


def test_the_first_page_fits_one_screen_and_the_house_two():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 60
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 130
