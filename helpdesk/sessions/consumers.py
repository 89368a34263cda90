"""The call's part of a session's socket: who is in it, and what the two browsers say to each other.

Nothing of it is kept. A page that missed something asks again; a server that was restarted has forgotten nothing.
"""

from contextlib import suppress
from typing import ClassVar, Self
from uuid import UUID

from pydantic import model_validator

from peerloop.core.errors import Refusal
from peerloop.core.limits import at_most
from peerloop.core.realtime.consumers import Command, Id, Socket, in_thread
from peerloop.core.realtime.event import Event
from peerloop.core.realtime.services import apublish

from . import events
from .call import ice_servers
from .models import HelpSession
from .services.calls import callable_session, start_video

# A call begins with about 20 signals, and every change of network costs as many.
SIGNALS, SECONDS = 200, 10
# Close codes of RFC 6455, section 7.4.1: the page closed the socket, or was closed itself.
NORMAL, GOING_AWAY = 1000, 1001


class AskCall(Command):
    """Ask who is in the call: a page that is says `call_joined`."""


class JoinCall(Command):
    """Be in the call as `peer`, an id the page makes up. The first one opens it. Again: still here, new credentials."""

    peer: Id


class SignalCall(Command):
    """Pass a description or a candidate of the own browser to the page `to` of the other one."""

    peer: Id
    to: Id
    description: events.Description | None = None
    candidate: events.Candidate | None = None

    @model_validator(mode="after")
    def one_thing(self) -> Self:
        if (self.description is None) == (self.candidate is None):
            raise ValueError("send either a description or a candidate")
        return self


class LeaveCall(Command):
    """Be in the call no more."""

    peer: Id


class CallSocket(Socket):
    """A subclass says which session, and where its call is for people."""

    commands: ClassVar[dict[str, type[Command]]] = {
        **Socket.commands,
        "call_ask": AskCall,
        "call_join": JoinCall,
        "call_signal": SignalCall,
        "call_leave": LeaveCall,
    }
    session_id: UUID
    peer: UUID | None = None

    def call_url(self) -> str:
        raise NotImplementedError

    async def on_call_ask(self, command: AskCall) -> None:
        await self.tell_other(events.CallAsked())

    async def on_call_join(self, command: JoinCall) -> None:
        session = await in_thread(self.join_call)()
        self.peer = command.peer
        # Both are told: another page of the same person leaves.
        joined = events.CallJoined(user_id=self.user.pk, user_name=str(self.user), peer=command.peer)
        await apublish(joined, to=events.session(self.session_id))
        polite = session.party(self.user) == HelpSession.Party.STUDENT
        await self.send(events.CallReady(polite=polite, ice_servers=ice_servers(self.user)).for_programs())

    def join_call(self) -> HelpSession:
        return start_video(session_id=self.session_id, url=self.call_url(), by=self.user)

    async def on_call_signal(self, command: SignalCall) -> None:
        await self.tell_other(events.CallSignal(**dict(command)))

    async def on_call_leave(self, command: LeaveCall) -> None:
        self.peer = None
        await self.tell_other(events.CallLeft(peer=command.peer))

    async def disconnect(self, code: int) -> None:
        """A page that was closed has left, though it may have had no time to say so; a line that broke has not."""
        if self.peer and code in (NORMAL, GOING_AWAY):
            with suppress(Refusal):
                await self.on_call_leave(LeaveCall(peer=self.peer))

    async def tell_other(self, event: Event) -> None:
        """Tell the other one alone. Raises what `callable_session` raises, and TooFast."""
        session = await in_thread(self.allowed)()
        await apublish(event, to=events.seat(self.session_id, session.other_id(self.user)))

    def allowed(self) -> HelpSession:
        at_most("call signals", self.user.pk, times=SIGNALS, seconds=SECONDS)
        return callable_session(self.session_id, self.user)
