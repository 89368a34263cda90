"""What Summon Help puts into pages of the courses, the chat, the dashboards and the shell."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from peerloop.core.accounts.requests import MemberRequest
from peerloop.core.flags.permissions import can_access
from peerloop.core.redis import shared

from ..sessions.models import HelpSession
from ..sessions.queries import completed_by
from ..sessions.signals import session_opened
from . import panels
from .helping import figures_of, sessions_of
from .models import HelpSummons
from .signals import called

Context = dict[str, Any]
# How long it is remembered that somebody has nothing going on; every page would ask otherwise.
SECONDS = 60
# How many of the latest sessions stand on the dashboard.
SHOWN = 4


def if_student(request: MemberRequest, given: Context) -> Context | None:
    """For enrolled students, while it is switched on for them. The page has read that with the course or the room."""
    enrolled = given.get("enrolled", getattr(given["course"], "enrolled", False))
    return {} if enrolled and can_access(request.user, "summon_help") else None


def with_offers(request: MemberRequest, given: Context) -> Context | None:
    """The summons that wait for a helper; of no use to whoever is certified for nothing."""
    if not given["courses"] or not can_access(request.user, "summon_help"):
        return None
    return panels.incoming(request.user)


def with_latest(request: MemberRequest, given: Context) -> Context | None:
    """The latest sessions of a helper, called or paid, for the dashboard. Without any it says how calls come."""
    sessions, can_be_called = sessions_of(request.user, size=SHOWN), given["courses"]
    if not sessions.rows and not (can_be_called and can_access(request.user, "summon_help")):
        return None
    return {"sessions": sessions}


def with_figures(request: MemberRequest, given: Context) -> Context | None:
    """What a helper's sessions have come to; nothing for who has none yet."""
    figures = figures_of(given["person"])
    return {"figures": figures} if figures.accepted or figures.completed else None


def with_completed(request: MemberRequest, given: Context) -> Context | None:
    """On the profile of a helper, for everybody to see."""
    return {"completed": completed_by(given["person"])} if given["person"].is_helper else None


def with_running(request: MemberRequest | None, given: Context) -> Context | None:
    """The pill of a summons that goes on. No query while the answer of the last minute is that there is none."""
    if request is None or not request.user.is_authenticated:
        return None
    key = idle_key(request.user.pk)
    if shared.get(key):
        return {}
    running = panels.running_of(request.user)
    if running is None:
        shared.set(key, True, SECONDS)
    return {"running": running}


def idle_key(user_id: UUID) -> str:
    return f"summons:idle:{user_id}"


@receiver(called)
def student_is_waiting(sender: Any, summons: HelpSummons, **about: Any) -> None:
    shared.delete_many([idle_key(summons.student_id)])


@receiver(session_opened)
def both_are_busy(sender: Any, session: HelpSession, **about: Any) -> None:
    shared.delete_many([idle_key(session.student_id), idle_key(session.helper_id)])
