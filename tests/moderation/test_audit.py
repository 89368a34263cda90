"""Every act writes exactly one correct line, and no line is ever changed."""

from datetime import timedelta

import pytest

from peerloop.core.accounts.exports import exports
from peerloop.core.moderation import services
from peerloop.core.moderation.models import Act

DAY = timedelta(days=1)
FREE = {"banned": False, "muted_until": None}
ITEM_ACTS = [
    ("hide_item", [], "hide", {"state": "open"}, {"state": "upheld"}),
    ("restore_item", ["hide_item"], "restore", {"state": "upheld"}, {"state": "dismissed"}),
    ("dismiss_flag", [], "dismiss", {"state": "open"}, {"state": "dismissed"}),
    ("hide_item", ["dismiss_flag"], "hide", {"state": "dismissed"}, {"state": "upheld"}),
]
PERSON_ACTS = [
    ("warn_person", [], "warn"),
    ("mute_person", [], "mute"),
    ("unmute_person", ["mute_person"], "unmute"),
    ("ban_person", [], "ban"),
    ("unban_person", ["ban_person"], "unban"),
]


@pytest.mark.parametrize(("service", "first", "verb", "before", "after"), ITEM_ACTS)
def test_a_decision_writes_one_line(wall, ada, ben, root, service, first, verb, before, after):
    note = wall.pin(ben)
    services.flag_item(kind="note", item_id=note.pk, reason="spam", by=ada)
    for name in [*first, service]:
        getattr(services, name)(kind="note", item_id=note.pk, reason=f"Why {name}.", by=root)
    line = Act.objects.first()
    assert Act.objects.count() == len(first) + 1
    assert (line.by, line.verb, line.person, line.item.item_id) == (root, verb, ben, note.pk)
    assert (line.reason, line.before, line.after) == (f"Why {service}.", before, after)
    assert (line.reverses is not None) == bool(first)


def act_on(name: str, person, by) -> Act:
    length = {"length": DAY} if name == "mute_person" else {}
    return getattr(services, name)(person=person, reason=f"Why {name}.", by=by, **length)


@pytest.mark.parametrize(("service", "first", "verb"), PERSON_ACTS)
def test_an_act_on_a_person_writes_one_line(ada, root, service, first, verb):
    earlier = [act_on(name, ada, root) for name in first]
    line = act_on(service, ada, root)
    ada.refresh_from_db()
    now = {"banned": bool(ada.banned_at), "muted_until": ada.muted_until and ada.muted_until.isoformat()}
    assert list(Act.objects.all()) == [line, *reversed(earlier)]
    assert (line.by, line.verb, line.person, line.item, line.reason) == (root, verb, ada, None, f"Why {service}.")
    assert (line.before, line.after) == (earlier[-1].after if earlier else FREE, now)
    assert line.reverses == (earlier[-1] if earlier else None)


def test_every_service_is_in_these_tables():
    tried = {each[0] for each in (*ITEM_ACTS, *PERSON_ACTS)} | {"flag_item"}
    public = {
        name
        for name, each in vars(services).items()
        if getattr(each, "__module__", "") == services.__name__ and name[0].islower()
    }
    assert public == tried
    assert {each[2] for each in (*ITEM_ACTS, *PERSON_ACTS)} == set(Act.Verb.values)


def test_a_refused_act_writes_no_line(ada, oskar):
    for name, _, _ in PERSON_ACTS:
        with pytest.raises(services.errors.NotForModerators):
            act_on(name, ada, oskar)
    assert Act.objects.count() == 0


def test_a_line_can_be_neither_changed_nor_deleted(ada, root):
    line = act_on("warn_person", ada, root)
    line.reason = "Something else."
    attempts = [line.save, line.delete, Act.objects.all().delete, lambda: Act.objects.update(reason="Something else.")]
    for attempt in attempts:
        with pytest.raises(TypeError, match="The audit log is only ever added to"):
            attempt()
    assert Act.objects.get().reason == "Why warn_person."


def test_one_takes_along_what_one_reported_and_what_was_decided(wall, ada, ben, root):
    note = wall.pin(ben)
    services.flag_item(kind="note", item_id=note.pk, reason="spam", note="Again.", by=ada)
    services.hide_item(kind="note", item_id=note.pk, reason="Selling.", by=root)
    assert [row["note"] for row in exports["reports"].rows(ada)] == ["Again."]
    assert [(row["verb"], row["reason"]) for row in exports["moderation"].rows(ben)] == [("hide", "Selling.")]
    assert list(exports["moderation"].rows(ada)) == []
