"""`manage.py describe`."""

import pytest
from django.core.management import CommandError, call_command

from peerloop.operations import catalogues


@pytest.fixture
def documents(tmp_path, monkeypatch):
    """An empty folder in place of docs/."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    return tmp_path


def test_it_writes_every_document_and_then_finds_them_fresh(documents, capsys):
    call_command("describe")
    assert sorted(path.name for path in documents.iterdir()) == ["errors.md", "events.md", "notices.md", "openapi.json"]
    call_command("describe", check=True)
    assert capsys.readouterr().out.splitlines()[-1] == "Every generated document is up to date."


def test_a_stale_document_is_named_and_left_alone(documents):
    call_command("describe")
    (documents / "errors.md").write_text("old")
    with pytest.raises(CommandError) as stale:
        call_command("describe", check=True)
    assert str(stale.value) == "Stale: docs/errors.md. Run manage.py describe and commit what it writes."
    assert (documents / "errors.md").read_text() == "old"


def test_the_catalogue_of_refusals_holds_each_sentence_with_its_status(documents):
    rows = catalogues.errors().splitlines()
    assert "| You must be enrolled to access this chat. | 403 | `chat` | `NotEnrolled` |" in rows


def test_the_catalogue_of_events_says_who_hears_an_event_and_what_is_in_it(documents):
    row = next(line for line in catalogues.events().splitlines() if line.startswith("| `user_left` |"))
    assert row == (
        "| `user_left` | everybody who has the room open | `user_id: UUID` | `chat.events.UserLeft` "
        "| Somebody's last connection to the room ended. |"
    )
