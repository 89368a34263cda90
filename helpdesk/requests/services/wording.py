"""What people write about their work, as it is stored, and why some of it is refused."""

from dataclasses import dataclass, fields, replace

from django.conf import settings

from goodwill.areas import tidy
from peerloop.core.accounts.models import User
from peerloop.core.conversations.errors import ForbiddenCharacters
from peerloop.core.conversations.log import clean
from peerloop.core.conversations.services import UNSEEN, muted_refusal
from peerloop.core.errors import Refusal

from .. import errors
from ..categories import Category
from ..models import HelpRequest
from ..models.photos import CAPTION_CHARACTERS
from ..models.requests import NAME_CHARACTERS, TITLE_CHARACTERS


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody asks, in the words of the columns."""

    title: str
    description: str
    category: str
    subcategory: str = ""
    difficulty_level: str = ""
    urgency: str = HelpRequest.Urgency.NORMAL
    is_public: bool = True


COLUMNS = tuple(each.name for each in fields(Wanted))


def plain(text: str, *, limit: int, too_long: type[Refusal]) -> str:
    """Prose as it is stored, at most `limit` characters. Raises ForbiddenCharacters and `too_long`."""
    return _within(_seen(clean(text)), limit, too_long)


def check_may_write(by: User) -> None:
    """Raises Muted while a moderator has stopped `by` from posting."""
    if refusal := muted_refusal(by.muted_until):
        raise refusal


def checked(wanted: Wanted) -> Wanted:
    """The same as it is stored.

    Raises TitleMissing, TitleTooLong, DescriptionMissing, TextTooLong, ForbiddenCharacters, UnknownCategory,
    SubcategoryTooLong, UnknownLevel, UnknownUrgency.
    """
    if wanted.category not in Category.values:
        raise errors.UnknownCategory
    if wanted.difficulty_level and wanted.difficulty_level not in HelpRequest.Difficulty.values:
        raise errors.UnknownLevel
    if wanted.urgency not in HelpRequest.Urgency.values:
        raise errors.UnknownUrgency
    return replace(
        wanted,
        title=_title(wanted.title),
        description=_description(wanted.description),
        subcategory=_subcategory(wanted.subcategory),
    )


def answer(text: str) -> str:
    """A response as it is stored. Raises ResponseMissing, TextTooLong, ForbiddenCharacters."""
    text = _seen(clean(text))
    if not text:
        raise errors.ResponseMissing
    return _within(text, settings.PEERLOOP.HELP_RESPONSE_CHARACTERS, errors.TextTooLong)


def caption(text: str) -> str:
    """What stands under a photo or beside a mark. Raises CaptionTooLong, ForbiddenCharacters."""
    text = _seen(" ".join(text.split()))
    return _within(text, CAPTION_CHARACTERS, errors.CaptionTooLong)


def _title(text: str) -> str:
    text = _seen(" ".join(text.split()))
    if not text:
        raise errors.TitleMissing
    return _within(text, TITLE_CHARACTERS, errors.TitleTooLong)


def _description(text: str) -> str:
    text = _seen(clean(text))
    if not text:
        raise errors.DescriptionMissing
    return _within(text, settings.PEERLOOP.HELP_REQUEST_CHARACTERS, errors.TextTooLong)


def _subcategory(text: str) -> str:
    return _within(tidy(_seen(text)), NAME_CHARACTERS, errors.SubcategoryTooLong)


def _seen(text: str) -> str:
    if UNSEEN.search(text):
        raise ForbiddenCharacters
    return text


def _within(text: str, limit: int, refusal: type[Refusal]) -> str:
    if len(text) > limit:
        raise refusal(length=len(text), limit=limit)
    return text
