"""The one place where requests are found by words: full text on PostgreSQL, an FTS5 index of its own on SQLite."""

import re
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from peerloop.core.accounts.models import User

from ..models import HelpRequest, HelpResponse
from ..models.requests import HelpRequestQuerySet

WORD = re.compile(r"\w+")
WORDS = 12
# How many of the best hits are looked at for those that somebody may see.
HITS = 200
# Words that stand in every question. PostgreSQL passes them over by itself.
COMMON = re.compile(
    "a|an|and|any|are|as|at|be|but|by|can|do|does|for|from|has|have|how|i|if|in|is|it|its|me|my|no|not|of|on|or|so|"
    "that|the|this|to|up|was|what|when|where|which|who|why|will|with|you|your"
)


def matching(rows: HelpRequestQuerySet, text: str) -> HelpRequestQuerySet:
    """Those of `rows` in which, or in a response to which, all words of `text` stand, each as a word's beginning."""
    words = words_of(text)
    if not words:
        return rows.none() if text.strip() else rows
    in_responses = HelpResponse.objects.shown().filter(pk__in=_every("help_responses", words))
    return rows.filter(Q(pk__in=_every("help_requests", words)) | Q(pk__in=in_responses.values("request")))


def similar_requests(user: User | AnonymousUser, text: str, *, size: int) -> list[HelpRequest]:
    """Free requests that `user` may see about what is being typed, solved ones first. Two queries."""
    words = words_of(text)
    if not words:
        return []
    ranks = {pk: rank for rank, pk in enumerate(_best(words))}
    rows = HelpRequest.objects.free().visible_to(user).filter(pk__in=ranks)
    near = [row for row in rows if _shared(words, row) >= min(2, len(words))]
    return sorted(near, key=lambda row: (not row.is_resolved, ranks[row.pk]))[:size]


def words_of(text: str) -> list[str]:
    """The telling words, in small letters, each once."""
    found = (word.lower() for word in WORD.findall(text.replace("\x00", " ").replace("_", " ")))
    return [word for word in dict.fromkeys(found) if not COMMON.fullmatch(word)][:WORDS]


def _shared(words: list[str], row: HelpRequest) -> int:
    """How many of the words, by their beginnings, stand in the request: one alone is chance."""
    text = f"{row.title} {row.description} {row.subcategory}".lower()
    return sum(word[:5] in text for word in words)


def _every(table: str, words: list[str]) -> RawSQL:
    """The ids of rows with all the words."""
    sql = EVERY_POSTGRES if connection.vendor == "postgresql" else EVERY_SQLITE
    return RawSQL(sql.format(table=table), [_query(words, every=True)])  # noqa: S611 - names of ours


def _best(words: list[str]) -> list[UUID]:
    """The ids of requests with some of the words, the best first."""
    with connection.cursor() as cursor:
        sql = BEST_POSTGRES if connection.vendor == "postgresql" else BEST_SQLITE
        cursor.execute(sql, [_query(words, every=False), HITS])
        return [UUID(str(pk)) for (pk,) in cursor.fetchall()]


def _query(words: list[str], *, every: bool) -> str:
    """Words hold letters and digits alone, and each is quoted: nothing that somebody types is an operator."""
    if connection.vendor == "postgresql":
        return (" & " if every else " | ").join(f"'{word}':*" for word in words)
    return (" AND " if every else " OR ").join(f'"{word}"*' for word in words)


# The column is made by a migration, and the tables by words.py.
EVERY_POSTGRES = "SELECT id FROM {table} WHERE words @@ to_tsquery('english', %s)"
EVERY_SQLITE = "SELECT id FROM {table}_words WHERE words MATCH %s"
BEST_POSTGRES = """
SELECT id FROM help_requests, to_tsquery('english', %s) AS wanted
WHERE words @@ wanted ORDER BY ts_rank(words, wanted) DESC, id DESC LIMIT %s
"""
BEST_SQLITE = "SELECT id FROM help_requests_words WHERE words MATCH %s ORDER BY rank, id DESC LIMIT %s"
