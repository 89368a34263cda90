"""`WS /api/help/requests/connect?request_id={id}`: the customer of a paid request hears how it stands.

`WS /api/help/sessions/connect?session_id={id}` is for the two of its session: how it stands, what they write, the call.
Who connects late learns what was told before, so a page that was away for a moment misses nothing.

`WS /api/help/threads/connect?request_id={id}`: whoever may see a free request hears that it has changed.
"""

from uuid import UUID

from peerloop.core.errors import NotThere
from peerloop.core.presence.leases import keeper
from peerloop.core.realtime.consumers import Socket, in_thread
from peerloop.core.realtime.event import Event

from ..sessions import events as talk
from ..sessions.consumers import TalkSocket
from ..sessions.errors import SessionNotThere
from ..sessions.services import presence
from . import events
from .errors import RequestNotThere
from .models import HelpRequest
from .queries.paid import Talk, helper_of, standing_of, talk_of


class RequestSocket(Socket):
    def audience(self) -> tuple[str, ...]:
        self.request_id = uuid_of(self.query("request_id"))
        return (events.request(self.request_id),)

    async def authorise(self) -> None:
        await in_thread(self.standing)()

    async def welcome(self) -> None:
        for event in await in_thread(self.standing)():
            await self.send(event.for_programs())

    def standing(self) -> list[Event]:
        """What a page that has just connected starts from. Raises RequestNotThere."""
        found = standing_of(self.request_id, self.user)
        if found is None:
            raise RequestNotThere
        of_session = [events.session_updated(found.claim.session, self.request_id)] if found.claim else []
        return [*of_session, events.updated(found.request, found.claim)]

    def still_welcome(self) -> dict[str, str]:
        """How the request stands, so that a page that missed something notices."""
        super().still_welcome()
        found = standing_of(self.request_id, self.user)
        if found is None:
            raise RequestNotThere
        return {"stage": found.stage}


class ThreadSocket(Socket):
    def audience(self) -> tuple[str, ...]:
        self.request_id = uuid_of(self.query("request_id"))
        return (events.thread(self.request_id),)

    async def authorise(self) -> None:
        await in_thread(self.check)()

    def check(self) -> None:
        """Raises RequestNotThere for who may not see it, or not any more."""
        if not HelpRequest.objects.free().visible_to(self.user).filter(pk=self.request_id).exists():
            raise RequestNotThere

    def still_welcome(self) -> dict[str, str]:
        news = super().still_welcome()
        self.check()
        return news


class SessionSocket(TalkSocket):
    def audience(self) -> tuple[str, ...]:
        self.session_id = uuid_of(self.query("session_id"))
        self.group = talk.session(self.session_id)
        return (self.group, talk.seat(self.session_id, self.user.pk))

    async def authorise(self) -> None:
        await in_thread(self.talk)()

    def talk(self) -> Talk:
        """The session as it is now. Raises SessionNotThere for anybody but its two people."""
        found = talk_of(self.session_id, self.user)
        if found is None:
            raise SessionNotThere
        return found

    async def welcome(self) -> None:
        for event in await in_thread(self.standing)():
            await self.send(event.for_programs())
        await keeper().arrive(self.group, self.user.pk, Attendance(self.session_id))

    def standing(self) -> list[Event]:
        found = self.talk()
        return [
            events.session_updated(found.session, found.request.pk),
            events.updated(found.request, found.claim),
        ]

    async def goodbye(self) -> None:
        await keeper().depart(self.group, self.user.pk)

    def call_url(self) -> str:
        return self.talk().join_url

    def still_welcome(self) -> dict[str, str | int]:
        """How the session stands and the version of what is written in it."""
        super().still_welcome()
        session = self.talk().session
        return {"status": session.status, "version": session.version}


class Attendance:
    """Notes when the helper of a session comes and goes. Called for the leases of this process."""

    def __init__(self, session_id: UUID) -> None:
        self.session_id = session_id

    async def __call__(self, arrived: set[UUID], gone: set[UUID]) -> None:
        await in_thread(self.note)(arrived, gone)

    def note(self, arrived: set[UUID], gone: set[UUID]) -> None:
        helper_id = helper_of(self.session_id)
        if helper_id in arrived:
            presence.note_helper_back(session_id=self.session_id)
        elif helper_id in gone:
            presence.note_helper_gone(session_id=self.session_id)


def uuid_of(text: str) -> UUID:
    """Raises NotThere for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise NotThere from None
