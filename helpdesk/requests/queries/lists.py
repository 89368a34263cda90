"""The list of free requests, with its filters and sortings."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from goodwill.areas import tidy
from goodwill.models import UserExpertise
from peerloop.core.accounts.models import User
from peerloop.core.paging import BadCursor, Page, newest_first
from peerloop.core.uploads.models import Upload

from ..errors import UnknownSorting
from ..models import HelpRequest, HelpResponse, RequestPhoto
from ..models.requests import HelpRequestQuerySet
from .search import matching

Person = User | AnonymousUser
NEWEST, HELPFUL, UNANSWERED = "newest", "helpful", "unanswered"
SORTINGS = (NEWEST, HELPFUL, UNANSWERED)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What somebody looks for; an empty value means all. `known` is only what one has expertise in oneself."""

    category: str = ""
    subcategory: str = ""
    difficulty_level: str = ""
    urgency: str = ""
    status: str = ""
    q: str = ""
    sort: str = NEWEST
    known: bool = False
    mine: bool = False


@dataclass(frozen=True)
class Card:
    """A request in the list. `cover` is its first photo."""

    request: HelpRequest
    response_count: int
    photos: list[RequestPhoto]

    @property
    def cover(self) -> Upload | None:
        return self.photos[0].upload if self.photos else None


@dataclass(frozen=True)
class Shelf:
    """Some requests in their order; `older` is the cursor of the next page, or None at the end."""

    cards: list[Card]
    older: str | None


def listed(user: Person, filters: Filters, *, before: str | None = None) -> Shelf:
    """A page of the free requests that `user` may see. Two queries. Raises UnknownSorting, BadCursor."""
    if filters.sort not in SORTINGS:
        raise UnknownSorting
    rows = _filtered(HelpRequest.objects.free().visible_to(user), user, filters)
    rows = rows.select_related("requester", "assigned_helper").annotate(response_count=response_count())
    size = settings.PEERLOOP.REQUESTS_PAGE
    page = most_helpful(rows, before, size) if filters.sort == HELPFUL else newest_first(rows, before=before, size=size)
    photos = _photos_by_request(page.rows)
    cards = [Card(row, row.response_count, photos.get(row.pk, [])) for row in page.rows]  # type: ignore[attr-defined]
    return Shelf(cards, page.older)


def most_helpful(rows: QuerySet[HelpRequest], before: str | None, size: int) -> Page[HelpRequest]:
    """The requests with the most helpful responses, of the same number the newest first."""
    if before:
        count, _, key = before.partition(".")
        try:
            rows = rows.filter(Q(helpful_count__lt=int(count)) | Q(helpful_count=int(count), pk__lt=UUID(key)))
        except ValueError:
            raise BadCursor from None
    found = list(rows.order_by("-helpful_count", "-pk")[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.helpful_count}.{last.pk}" if last else None)


def response_count() -> Coalesce:
    """How many responses to the request of the outer query can be seen."""
    shown = HelpResponse.objects.shown().filter(request=OuterRef("pk")).order_by().values("request")
    return Coalesce(Subquery(shown.annotate(count=Count("pk")).values("count")), 0)


def _filtered(rows: HelpRequestQuerySet, user: Person, filters: Filters) -> HelpRequestQuerySet:
    given = {
        "category": filters.category,
        "subcategory": tidy(filters.subcategory),
        "difficulty_level": filters.difficulty_level,
        "urgency": filters.urgency,
        "status": filters.status,
    }
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if filters.mine:
        rows = rows.filter(requester=user.pk)
    if filters.known:
        rows = rows.filter(_known_by(user))
    if filters.sort == UNANSWERED:
        rows = rows.live().exclude(_answered())
    return matching(rows, filters.q) if filters.q.strip() else rows


def _answered() -> Exists:
    """Somebody other than its requester has responded to the request of the outer query."""
    return Exists(HelpResponse.objects.shown().filter(request=OuterRef("pk")).exclude(responder=OuterRef("requester")))


def _known_by(user: Person) -> Exists:
    """The request of the outer query is in an area that `user` knows, as `people_knowing` says (REC-109)."""
    same = Q(subcategory="") | Q(subcategory=OuterRef("subcategory")) | Q(Exists(_without_subcategory()))
    return Exists(UserExpertise.objects.filter(same, user=user.pk, category=OuterRef("category")))


def _without_subcategory() -> QuerySet[HelpRequest]:
    return HelpRequest.objects.filter(pk=OuterRef(OuterRef("pk")), subcategory="")


def _photos_by_request(rows: Iterable[HelpRequest]) -> dict[UUID, list[RequestPhoto]]:
    found: dict[UUID, list[RequestPhoto]] = {}
    for photo in RequestPhoto.objects.filter(request__in=[row.pk for row in rows]).select_related("upload"):
        found.setdefault(photo.request_id, []).append(photo)
    return found
