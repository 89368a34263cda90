"""Reporting, deciding, and acting on people. Every act writes exactly one line of the audit log."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from peerloop.core.accounts import services as accounts
from peerloop.core.accounts.models import User
from peerloop.core.errors import NotThere
from peerloop.core.limits import at_most
from peerloop.core.notifications.services import notify

from . import errors
from .kinds import FlaggableKind, kinds
from .models import WORDS, Act, Flag, FlaggedItem
from .permissions import can_act_on, can_flag

State, Verb = FlaggedItem.State, Act.Verb
INVERSE_OF = {Verb.UNMUTE: Verb.MUTE, Verb.UNBAN: Verb.BAN}
HOUR = 3600


def flag_item(*, kind: str, item_id: UUID, reason: str, note: str = "", by: User) -> Flag:
    """Report a thing to the moderators; it joins the thing's open case or opens one.

    A second time by the same person returns their first report of that case unchanged. After a decision a report is
    added to the decided case, and opens a new one only if the thing's text changed since. Raises NotThere for what
    `by` cannot see, OwnContent, UnknownReason, NoteTooLong, and TooFast beyond PEERLOOP.FLAGS_AN_HOUR.
    """
    if reason not in Flag.Reason.values:
        raise errors.UnknownReason
    if len(note) > WORDS:
        raise errors.NoteTooLong(limit=WORDS)
    at_most("flag", by.pk, times=settings.PEERLOOP.FLAGS_AN_HOUR, seconds=HOUR)
    declared, thing = _load(kind, item_id)
    if thing is None or not declared.may_see(by, thing):
        raise NotThere
    if not can_flag(by, declared.author(thing)):
        raise errors.OwnContent
    with transaction.atomic():
        case = _case_to_report(declared, item_id, thing)
        given = {"reason": reason, "note": _storable(note)}
        return Flag.objects.get_or_create(item=case, reporter=by, defaults=given)[0]


def hide_item(*, kind: str, item_id: UUID, reason: str, by: User, seen: str = "") -> Act:
    """Hide a thing, reported or not, and tell its author `reason`; reverses a dismissal or a restoration.

    `seen` is the `FlaggedItem.seen` that the moderator had before their eyes; without it only the state decides.
    Raises NotThere, NotForModerators, WhyNeeded, ThingGone, ReportedAgain; the second time AlreadyDecided.
    """
    decision = _Decision(Verb.HIDE, State.UPHELD, {State.OPEN, State.DISMISSED})
    return _decide(decision, kind=kind, item_id=item_id, reason=reason, by=by, seen=seen)


def restore_item(*, kind: str, item_id: UUID, reason: str, by: User, seen: str = "") -> Act:
    """Show a hidden thing again; its case then counts as dismissed. The inverse of `hide_item`, and raises the same;
    NotHidden if it never was.
    """
    decision = _Decision(Verb.RESTORE, State.DISMISSED, {State.UPHELD})
    return _decide(decision, kind=kind, item_id=item_id, reason=reason, by=by, seen=seen)


def dismiss_flag(*, kind: str, item_id: UUID, reason: str, by: User, seen: str = "") -> Act:
    """Close the open case of a thing and leave the thing as it is; also when it was deleted meanwhile.

    `hide_item` is its inverse. Raises as `hide_item`.
    """
    decision = _Decision(Verb.DISMISS, State.DISMISSED, {State.OPEN})
    return _decide(decision, kind=kind, item_id=item_id, reason=reason, by=by, seen=seen)


@transaction.atomic
def warn_person(*, person: User, reason: str, by: User, item: FlaggedItem | None = None) -> Act:
    """Tell `person` the warning `reason`, about `item` if given. A warning cannot be taken back; again warns again.

    Raises NotForModerators, PersonGone, WhyNeeded.
    """
    person = _lock_person(person, by, reason)
    _tell("warning", person, reason, item)
    return _record(Verb.WARN, person, _standing(person), reason=reason, by=by, item=item)


@transaction.atomic
def mute_person(*, person: User, length: timedelta, reason: str, by: User, item: FlaggedItem | None = None) -> Act:
    """Stop `person` from posting for `length` from now. Raises as `warn_person`; while muted, AlreadyInForce."""
    person = _lock_person(person, by, reason)
    if person.is_muted:
        raise _in_force(person, Verb.MUTE, "muted")
    before = _standing(person)
    accounts.mute_account(user=person, until=timezone.now() + length, by=by)
    return _record(Verb.MUTE, person, before, reason=reason, by=by, item=item)


@transaction.atomic
def unmute_person(*, person: User, reason: str, by: User, item: FlaggedItem | None = None) -> Act:
    """Let a muted person post again. Raises as `warn_person`; NotInForce for one who is not muted."""
    person = _lock_person(person, by, reason)
    if not person.is_muted:
        raise errors.NotInForce(person=person, standing="muted")
    before = _standing(person)
    accounts.mute_account(user=person, until=None, by=by)
    return _record(Verb.UNMUTE, person, before, reason=reason, by=by, item=item)


@transaction.atomic
def ban_person(*, person: User, reason: str, by: User, item: FlaggedItem | None = None) -> Act:
    """End all access of `person` at once. Raises as `warn_person`; for one who is banned, AlreadyInForce."""
    person = _lock_person(person, by, reason)
    if person.banned_at:
        raise _in_force(person, Verb.BAN, "banned")
    before = _standing(person)
    accounts.ban_account(user=person, by=by)
    return _record(Verb.BAN, person, before, reason=reason, by=by, item=item)


@transaction.atomic
def unban_person(*, person: User, reason: str, by: User, item: FlaggedItem | None = None) -> Act:
    """Give a banned person their access back. Raises as `warn_person`; NotInForce for one who is not banned."""
    person = _lock_person(person, by, reason)
    if not person.banned_at:
        raise errors.NotInForce(person=person, standing="banned")
    before = _standing(person)
    accounts.unban_account(user=person, by=by)
    return _record(Verb.UNBAN, person, before, reason=reason, by=by, item=item)


def _load(kind: str, item_id: UUID) -> tuple[FlaggableKind, Any]:
    if kind not in kinds:
        raise NotThere
    return kinds[kind], kinds[kind].load(item_id)


def _storable(text: str) -> str:
    return text.replace("\x00", "").strip()


def _check_why(reason: str) -> None:
    if not 0 < len(_storable(reason)) <= WORDS:
        raise errors.WhyNeeded(limit=WORDS)


def _case_to_report(declared: FlaggableKind, item_id: UUID, thing: Any) -> FlaggedItem:
    case = FlaggedItem.objects.about(declared.name, item_id).select_for_update().first()
    if case is None or (case.state != State.OPEN and case.text != declared.describe(thing)):
        case = _open_case(declared, item_id, thing)
    return case


def _open_case(declared: FlaggableKind, item_id: UUID, thing: Any) -> FlaggedItem:
    snapshot = {
        "author": declared.author(thing),
        "text": declared.describe(thing),
        "context": [asdict(line) for line in declared.context(thing)],
        "address": declared.address(thing),
    }
    # Two first reports at once meet at the constraint "one open case each".
    case, _ = FlaggedItem.objects.get_or_create(
        kind=declared.name, item_id=item_id, state=State.OPEN, defaults=snapshot
    )
    return case


class _Decision(NamedTuple):
    verb: Act.Verb
    state: FlaggedItem.State
    from_states: set[FlaggedItem.State]


@transaction.atomic
def _decide(decision: _Decision, *, kind: str, item_id: UUID, reason: str, by: User, seen: str) -> Act:
    declared, thing = _load(kind, item_id)
    case = _lock_case(decision, declared, item_id, thing)
    if not can_act_on(by, case.author):
        raise errors.NotForModerators
    _check_why(reason)
    _check_unchanged(decision, case, seen)
    _apply(decision, declared, thing, by)
    before, last = case.state, case.acts.decisions().order_by("-pk").first()
    case.state, case.decided_by, case.decided_at = decision.state, by, timezone.now()
    case.decisions += 1
    case.save(update_fields=["state", "decided_by", "decided_at", "decisions"])
    if decision.verb == Verb.HIDE:
        _tell("content_hidden", case.author, reason, case)
    return Act.objects.create(
        verb=decision.verb,
        person=case.author,
        reason=_storable(reason),
        by=by,
        item=case,
        before={"state": before},
        after={"state": case.state},
        reverses=last,
    )


def _lock_case(decision: _Decision, declared: FlaggableKind, item_id: UUID, thing: Any) -> FlaggedItem:
    case = FlaggedItem.objects.about(declared.name, item_id).select_for_update().first()
    if case is None:
        # A moderator may hide what nobody reported; all else needs a case.
        if decision.verb != Verb.HIDE or thing is None:
            raise NotThere
        case = _open_case(declared, item_id, thing)
    return case


def _check_unchanged(decision: _Decision, case: FlaggedItem, seen: str) -> None:
    if seen and seen.partition(":")[0] != str(case.pk):
        raise errors.ReportedAgain
    if (seen and seen != case.seen) or (case.decided_by and case.state not in decision.from_states):
        raise errors.AlreadyDecided(who=case.decided_by, state=case.get_state_display().lower())
    if case.state not in decision.from_states:
        raise errors.NotHidden


def _apply(decision: _Decision, declared: FlaggableKind, thing: Any, by: User) -> None:
    if decision.verb == Verb.DISMISS:
        return
    if thing is None:
        raise errors.ThingGone
    (declared.hide if decision.verb == Verb.HIDE else declared.restore)(thing, by)


def _lock_person(person: User, by: User, reason: str) -> User:
    locked: User = User.objects.select_for_update().get(pk=person.pk)
    if not can_act_on(by, locked):
        raise errors.NotForModerators
    if locked.deleted_at:
        raise errors.PersonGone
    _check_why(reason)
    return locked


def _in_force(person: User, verb: Act.Verb, standing: str) -> errors.AlreadyInForce:
    act = _last_of(person, verb)
    return errors.AlreadyInForce(who=act.by if act else "Somebody", person=person, standing=standing)


def _last_of(person: User, verb: Act.Verb) -> Act | None:
    """The act that put `person` where they stand, unless it was taken back."""
    return Act.objects.filter(person=person, verb=verb, reversed_by=None).select_related("by").order_by("-pk").first()


def _standing(person: User) -> dict[str, Any]:
    until = person.muted_until if person.is_muted else None
    return {"banned": person.banned_at is not None, "muted_until": until and until.isoformat()}


def _record(
    verb: Act.Verb, person: User, before: dict[str, Any], *, reason: str, by: User, item: FlaggedItem | None
) -> Act:
    return Act.objects.create(
        verb=verb,
        person=person,
        reason=_storable(reason),
        by=by,
        item=item,
        before=before,
        after=_standing(person),
        reverses=_last_of(person, INVERSE_OF[verb]) if verb in INVERSE_OF else None,
    )


def _tell(kind: str, person: User, reason: str, item: FlaggedItem | None) -> None:
    # Not by the moderator's name: it is the site that speaks, and nobody to be angry at.
    target = item.address if item else person.get_absolute_url()
    notify(kind=kind, to=[person.pk], by=None, description=_storable(reason), target=target)
