"""What somebody knows, as their contributions show it, and staff who vouch for it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from peerloop.core.accounts.models import User

from ..areas import Area
from ..errors import ExpertiseNotThere, OwnExpertise, StaffVerify
from ..levels import level_of
from ..models import Evidence, UserExpertise
from ..permissions import can_verify


class Contribution(NamedTuple):
    """Something that is evidence for what `user_id` knows in `area`, and how much; without an area: of nothing."""

    content_id: UUID
    kind: UserExpertise.Kind
    user_id: UUID | None
    area: Area | None
    points: int


Key = tuple[UUID, str, str]


@transaction.atomic
def record_evidence(*, contributions: Sequence[Contribution], by: User) -> None:
    """Let these contributions count for what they are worth now, each once, in place of what they were worth before.

    The caller holds the lock of each contribution. Again changes nothing. Of who has deleted their account nothing is
    known any more.
    """
    standing = Evidence.objects.filter(content_id__in=[each.content_id for each in contributions])
    before = dict(standing.values_list("expertise_id", "expertise__user_id"))
    here = _lock_people({*before.values(), *(each.user_id for each in contributions if each.area)})
    counting = {each.content_id: each for each in contributions if each.area and each.user_id in here}
    keys = _opened(counting.values())
    standing.exclude(content_id__in=counting).delete()
    Evidence.objects.bulk_create(
        [_evidence(each, keys) for each in counting.values()],
        update_conflicts=True,
        unique_fields=["content_id"],
        update_fields=["expertise", "kind", "points"],
    )
    _add_up(list(UserExpertise.objects.filter(pk__in={*before, *keys.values()})))


@transaction.atomic
def verify_expertise(*, expertise_id: UUID, by: User) -> UserExpertise:
    """Vouch for what somebody knows. A second time, by whomever, leaves the first name there.

    Raises ExpertiseNotThere, StaffVerify, OwnExpertise.
    """
    expertise = _to_verify(expertise_id, by)
    if expertise.verified_by_id is None:
        expertise.verified_by = by
        expertise.save(update_fields=["verified_by"])
    return expertise


@transaction.atomic
def unverify_expertise(*, expertise_id: UUID, by: User) -> UserExpertise:
    """Take that back. A second time changes nothing. Raises as `verify_expertise`."""
    expertise = _to_verify(expertise_id, by)
    expertise.verified_by = None
    expertise.save(update_fields=["verified_by"])
    return expertise


@transaction.atomic
def forget_expertise(*, user: User) -> None:
    """Forget what somebody knew, when the account is deleted; what others voted stays counted. Again is harmless."""
    UserExpertise.objects.filter(user=user).delete()


def _lock_people(ids: set[UUID | None]) -> set[UUID]:
    """One at a time settles somebody's expertise; in the order of their ids, so that no two wait for each other.

    Which of them have not deleted their accounts.
    """
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    return {pk for pk, deleted_at in locked.values_list("pk", "deleted_at") if deleted_at is None}


def _opened(contributions: Iterable[Contribution]) -> dict[Key, UUID]:
    """The expertise of each contribution's author in its area, made if there was none."""
    kinds = {_key(each): each.kind for each in contributions}
    if not kinds:
        return {}
    rows = [
        UserExpertise(user_id=key[0], category=key[1], subcategory=key[2], evidence_type=kinds[key])
        for key in sorted(kinds)
    ]
    UserExpertise.objects.bulk_create(rows, ignore_conflicts=True)
    found = UserExpertise.objects.filter(user__in={key[0] for key in kinds}, category__in={key[1] for key in kinds})
    pks = {(each.user_id, each.category, each.subcategory): each.pk for each in found}
    return {key: pks[key] for key in kinds}


def _key(contribution: Contribution) -> Key:
    if contribution.user_id is None or contribution.area is None:
        raise ValueError("What counts nowhere has no place.")
    return contribution.user_id, *contribution.area


def _evidence(contribution: Contribution, keys: dict[Key, UUID]) -> Evidence:
    return Evidence(
        expertise_id=keys[_key(contribution)],
        kind=contribution.kind,
        content_id=contribution.content_id,
        points=contribution.points,
    )


def _add_up(rows: list[UserExpertise]) -> None:
    """Give each the score, level and main kind of its evidence; what no evidence and nobody vouches for goes."""
    sums = _sums(rows)
    for row in rows:
        by_kind = sums.get(row.pk, {})
        row.reputation_score = sum(by_kind.values())
        row.expertise_level = level_of(row.reputation_score)
        row.evidence_type = max(by_kind, key=lambda kind: (by_kind[kind], kind), default=row.evidence_type)
    UserExpertise.objects.bulk_update(rows, ["reputation_score", "expertise_level", "evidence_type"])
    empty = [row.pk for row in rows if row.pk not in sums and not row.is_verified]
    if empty:
        UserExpertise.objects.filter(pk__in=empty, verified_by=None).delete()


def _sums(rows: list[UserExpertise]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    evidence = Evidence.objects.filter(expertise__in=[row.pk for row in rows]).order_by()
    for pk, kind, points in evidence.values_list("expertise", "kind").annotate(Sum("points")):
        found.setdefault(pk, {})[kind] = points
    return found


def _to_verify(expertise_id: UUID, by: User) -> UserExpertise:
    if not can_verify(by):
        raise StaffVerify
    expertise = UserExpertise.objects.select_for_update().filter(pk=expertise_id).first()
    if expertise is None:
        raise ExpertiseNotThere
    if expertise.user_id == by.pk:
        raise OwnExpertise
    return expertise
