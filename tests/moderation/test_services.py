from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from peerloop.core.accounts.models import SYSTEM_ID, User
from peerloop.core.accounts.services import delete_account
from peerloop.core.errors import NotThere, TooFast
from peerloop.core.moderation import errors, services
from peerloop.core.moderation.models import Act, Flag, FlaggedItem
from peerloop.core.notifications.models import Notification
from tests.factories.people import person

DAY = timedelta(days=1)
WHY = "Selling is not for course rooms."


def flag(note, by, reason="spam", text="") -> Flag:
    return services.flag_item(kind="note", item_id=note.pk, reason=reason, note=text, by=by)


def decide(verb, note, by, reason=WHY, seen="") -> Act:
    return getattr(services, verb)(kind="note", item_id=note.pk, reason=reason, by=by, seen=seen)


@pytest.fixture
def rita(db) -> User:
    """Another moderator."""
    return person("rita", name="Rita Vale", is_staff=True)


class TestFlagging:
    def test_a_first_report_opens_a_case_with_the_thing_as_it_is(self, wall, ada, ben):
        note = wall.pin(ben)
        flag(note, ada, text="Third time today.")
        case = FlaggedItem.objects.get()
        assert (case.kind, case.item_id, case.author, case.state, case.text, case.address) == (
            "note", note.pk, ben, "open", "Selling my leftover paints.", f"/wall#{note.pk}",
        )  # fmt: skip
        assert [(line["author"], line["flagged"]) for line in case.context] == [
            ("Mei Tan", False),
            ("Ben Okoro", True),
            ("Sam Whitlock", False),
        ]
        assert list(case.flags.values_list("reporter", "reason", "note")) == [(ada.pk, "spam", "Third time today.")]

    def test_reports_of_several_people_join_one_case_and_each_counts_once(self, wall, ada, mei, ben):
        note = wall.pin(ben)
        first = flag(note, ada)
        flag(note, mei, "abuse")
        assert (flag(note, ada, "other", "again"), flag(note, ada).reason) == (first, "spam")
        assert [(case.state, case.reports) for case in FlaggedItem.objects.with_reports()] == [("open", 2)]

    @pytest.mark.parametrize("verb", ["dismiss_flag", "hide_item"])
    def test_a_report_after_the_decision_is_history_and_opens_nothing(self, wall, ada, mei, ben, root, verb):
        note = wall.pin(ben)
        flag(note, ada)
        decide(verb, note, root)
        note.hidden = False
        flag(note, mei)
        flag(note, ada, "abuse")
        assert [(case.decisions, case.reports) for case in FlaggedItem.objects.with_reports()] == [(1, 2)]
        assert FlaggedItem.objects.open().count() == 0

    def test_a_report_after_the_text_changed_opens_a_new_case(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        decide("dismiss_flag", note, root)
        note.text = "Buy now, half price!"
        flag(note, ada)
        assert list(FlaggedItem.objects.values_list("state", "text")) == [
            ("dismissed", "Selling my leftover paints."),
            ("open", "Buy now, half price!"),
        ]

    def test_oskar_learns_nothing_of_what_he_cannot_see(self, wall, ada, ben, oskar):
        note, hidden = wall.pin(ben), wall.pin(ben)
        assert flag(note, ada).reporter == ada
        hidden.hidden = True
        for by, thing, kind in [
            (oskar, note.pk, "note"),
            (ada, hidden.pk, "note"),
            (ada, uuid4(), "note"),
            (ada, note.pk, "tune"),
        ]:
            with pytest.raises(NotThere):
                services.flag_item(kind=kind, item_id=thing, reason="spam", by=by)
        assert Flag.objects.count() == 1

    def test_what_cannot_be_reported_is_refused_with_its_reason(self, wall, ada, ben):
        note = wall.pin(ben)
        with pytest.raises(errors.OwnContent):
            flag(note, ben)
        with pytest.raises(errors.UnknownReason):
            flag(note, ada, "because")
        with pytest.raises(errors.NoteTooLong):
            flag(note, ada, text="x" * 501)
        assert FlaggedItem.objects.count() == 0

    def test_reports_have_a_limit_an_hour(self, wall, ada, ben, settings):
        settings.PEERLOOP = replace(settings.PEERLOOP, FLAGS_AN_HOUR=2)
        notes = [wall.pin(ben) for _ in range(3)]
        for note in notes[:2]:
            flag(note, ada)
        with pytest.raises(TooFast):
            flag(notes[2], ada)
        assert Flag.objects.count() == 2


class TestDeciding:
    def test_a_hidden_thing_is_gone_until_it_is_restored(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        decide("hide_item", note, root)
        assert (note.hidden, FlaggedItem.objects.get().state) == (True, "upheld")
        decide("restore_item", note, root, "It was a joke among friends.")
        assert (note.hidden, FlaggedItem.objects.get().state) == (False, "dismissed")

    def test_spam_clear_spam_clear_each_reverses_the_one_before(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        acts = [decide(verb, note, root) for verb in ("hide_item", "restore_item") * 2]
        assert (note.hidden, [act.reverses for act in acts]) == (False, [None, *acts[:-1]])
        assert wall.told == [("hide", "root"), ("restore", "root")] * 2
        case = FlaggedItem.objects.get()
        assert (case.state, case.decisions, case.decided_by) == ("dismissed", 4, root)

    def test_a_dismissal_can_be_taken_back_by_hiding(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        dismissal = decide("dismiss_flag", note, root)
        assert (note.hidden, decide("hide_item", note, root).reverses, note.hidden) == (False, dismissal, True)

    def test_a_moderator_may_hide_what_nobody_reported(self, wall, ben, root):
        note = wall.pin(ben)
        act = decide("hide_item", note, root)
        assert (note.hidden, act.item.state, act.item.flags.count()) == (True, "upheld", 0)

    def test_the_second_moderator_hears_who_decided_and_nothing_changes(self, wall, ada, ben, root, rita):
        note = wall.pin(ben)
        flag(note, ada)
        seen = FlaggedItem.objects.get().seen
        decide("dismiss_flag", note, root, seen=seen)
        for verb in ("hide_item", "dismiss_flag"):
            with pytest.raises(errors.AlreadyDecided) as refusal:
                decide(verb, note, rita, seen=seen)
            assert refusal.value.sentence == (
                "Root Admin has decided this already: dismissed. Look at it again before you change that."
            )
        assert (note.hidden, Act.objects.count()) == (False, 1)

    @pytest.mark.parametrize("verb", ["hide_item", "dismiss_flag"])
    def test_the_same_decision_twice_is_refused(self, wall, ada, ben, root, rita, verb):
        note = wall.pin(ben)
        flag(note, ada)
        decide(verb, note, root)
        with pytest.raises(errors.AlreadyDecided):
            decide(verb, note, rita)
        assert Act.objects.count() == 1

    def test_a_decision_about_an_old_case_points_to_the_new_one(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        seen = FlaggedItem.objects.get().seen
        decide("dismiss_flag", note, root)
        note.text = "Buy now!"
        flag(note, ada)
        with pytest.raises(errors.ReportedAgain):
            decide("hide_item", note, root, seen=seen)
        assert note.hidden is False

    def test_what_was_never_hidden_cannot_be_restored(self, wall, ada, ben, root):
        note = wall.pin(ben)
        with pytest.raises(NotThere):
            decide("restore_item", note, root)
        flag(note, ada)
        with pytest.raises(errors.NotHidden):
            decide("restore_item", note, root)

    def test_a_report_on_what_is_gone_can_only_be_dismissed(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        del wall.notes[note.pk]
        with pytest.raises(errors.ThingGone):
            decide("hide_item", note, root)
        decide("dismiss_flag", note, root)
        assert FlaggedItem.objects.get().state == "dismissed"

    def test_the_author_is_told_why_but_not_by_whom(self, wall, ada, ben, root):
        note = wall.pin(ben)
        flag(note, ada)
        decide("hide_item", note, root)
        told = Notification.objects.get()
        assert (told.recipient, told.title, told.description, told.target, told.by) == (
            ben, "A moderator hid something you wrote", WHY, f"/wall#{note.pk}", None,
        )  # fmt: skip

    @pytest.mark.parametrize("reason", ["", "  ", "\x00", "x" * 501])
    def test_every_decision_says_why(self, wall, ada, ben, root, reason):
        note = wall.pin(ben)
        flag(note, ada)
        with pytest.raises(errors.WhyNeeded):
            decide("hide_item", note, root, reason)
        assert (note.hidden, Act.objects.count()) == (False, 0)


class TestWhoMayDecide:
    @pytest.mark.parametrize("verb", ["hide_item", "dismiss_flag"])
    def test_members_decide_nothing(self, wall, ada, ben, mei, oskar, verb):
        note = wall.pin(ben)
        flag(note, ada)
        for by in (mei, oskar, ben):
            with pytest.raises(errors.NotForModerators):
                decide(verb, note, by)
        assert (note.hidden, Act.objects.count()) == (False, 0)

    def test_moderators_decide_neither_about_themselves_nor_about_superusers(self, wall, ada, root, rita):
        for author in (root, rita):
            note = wall.pin(author)
            flag(note, ada)
            with pytest.raises(errors.NotForModerators):
                decide("hide_item", note, rita)
            with pytest.raises(errors.NotForModerators):
                services.ban_person(person=author, reason=WHY, by=rita)
        other = person("vera", is_staff=True, is_superuser=True)
        assert services.warn_person(person=root, reason=WHY, by=other).person == root

    def test_the_system_is_beyond_reach_and_may_act(self, ada, root):
        system = User.objects.get(pk=SYSTEM_ID)
        with pytest.raises(errors.NotForModerators):
            services.ban_person(person=system, reason=WHY, by=root)
        assert services.mute_person(person=ada, length=DAY, reason=WHY, by=system).by == system

    def test_a_moderator_who_was_banned_decides_nothing_more(self, ada, root, rita):
        services.ban_person(person=rita, reason=WHY, by=root)
        with pytest.raises(errors.NotForModerators):
            services.warn_person(person=ada, reason=WHY, by=User.objects.get(pk=rita.pk))


class TestPeople:
    def test_a_mute_ends_by_itself_or_is_taken_back(self, ada, root):
        act = services.mute_person(person=ada, length=DAY, reason=WHY, by=root)
        ada.refresh_from_db()
        assert ada.is_muted
        assert abs(ada.muted_until - timezone.now() - DAY) < timedelta(minutes=1)
        back = services.unmute_person(person=ada, reason="Enough.", by=root)
        ada.refresh_from_db()
        assert (ada.is_muted, back.reverses) == (False, act)

    def test_a_mute_that_ran_out_can_be_given_again(self, ada, root):
        services.mute_person(person=ada, length=timedelta(seconds=-1), reason=WHY, by=root)
        with pytest.raises(errors.NotInForce):
            services.unmute_person(person=ada, reason=WHY, by=root)
        assert services.mute_person(person=ada, length=DAY, reason=WHY, by=root).before["muted_until"] is None

    def test_a_ban_closes_the_account_until_it_is_taken_back(self, ada, root, as_user):
        client = as_user(ada)
        act = services.ban_person(person=ada, reason=WHY, by=root)
        ada.refresh_from_db()
        assert (ada.is_active, client.get("/api/users/me").status_code) == (False, 401)
        back = services.unban_person(person=ada, reason="Mistaken.", by=root)
        ada.refresh_from_db()
        assert (ada.is_active, ada.banned_at, back.reverses) == (True, None, act)

    def test_banned_unbanned_and_banned_again_each_reverses_its_own(self, ada, root):
        verbs = (services.ban_person, services.unban_person) * 2
        acts = [verb(person=ada, reason=WHY, by=root) for verb in verbs]
        assert [act.reverses for act in acts] == [None, acts[0], None, acts[2]]

    def test_the_second_moderator_hears_who_did_it(self, ada, root, rita):
        services.ban_person(person=ada, reason=WHY, by=root)
        services.mute_person(person=ada, length=DAY, reason=WHY, by=rita)
        with pytest.raises(errors.AlreadyInForce) as ban:
            services.ban_person(person=ada, reason=WHY, by=rita)
        with pytest.raises(errors.AlreadyInForce) as mute:
            services.mute_person(person=ada, length=DAY, reason=WHY, by=root)
        assert [refusal.value.sentence for refusal in (ban, mute)] == [
            "Root Admin has done this already: Ada Lind is banned.",
            "Rita Vale has done this already: Ada Lind is muted.",
        ]
        assert Act.objects.count() == 2

    def test_what_is_not_in_force_cannot_be_taken_back(self, ada, root):
        for verb, sentence in [
            (services.unban_person, "Ada Lind is not banned any more."),
            (services.unmute_person, "Ada Lind is not muted any more."),
        ]:
            with pytest.raises(errors.NotInForce) as refusal:
                verb(person=ada, reason=WHY, by=root)
            assert refusal.value.sentence == sentence
        assert Act.objects.count() == 0

    def test_a_warning_reaches_the_person(self, wall, ada, ben, root):
        note = wall.pin(ben)
        item = flag(note, ada).item
        services.warn_person(person=ben, reason="Be kind.", by=root, item=item)
        told = Notification.objects.get(kind="warning")
        assert (told.recipient, told.description, told.target, told.by) == (ben, "Be kind.", item.address, None)

    def test_a_deleted_account_is_left_alone(self, ada, root):
        delete_account(user=ada, by=ada)
        with pytest.raises(errors.PersonGone):
            services.ban_person(person=ada, reason=WHY, by=root)
