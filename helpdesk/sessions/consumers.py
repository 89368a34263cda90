"""What the sockets of both kinds of sessions share: the talk in writing, and the call.

Nothing of the call is kept: who is in it, and what the two browsers say to each other. A page that missed something
asks again; a server that was restarted has forgotten nothing.
"""

import time
from contextlib import suppress
from typing import ClassVar, Self
from uuid import UUID

from pydantic import Field, model_validator

from peerloop.core.errors import Refusal
from peerloop.core.limits import at_most
from peerloop.core.realtime.consumers import Command, Id, Socket, in_thread
from peerloop.core.realtime.event import Event
from peerloop.core.realtime.services import apublish

from . import events
from .call import ice_servers
from .models import HelpSession
from .services import messages
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


class SendMessage(Command):
    """Say something. The same `client_id` again is the same message."""

    content: str
    client_id: UUID | None = Field(default=None, strict=False)
    attachment_ids: list[UUID] = Field(default=[], strict=False)


class SayTyping(Command):
    """Say that one is typing; the other hears it at most once a second."""


class Read(Command):
    """Everything up to this number was read."""

    number: int = Field(ge=0, le=2**62)


class TalkSocket(CallSocket):
    """The call, and what the two write beside it."""

    commands: ClassVar[dict[str, type[Command]]] = {
        **CallSocket.commands,
        "message": SendMessage,
        "typing": SayTyping,
        "read": Read,
    }
    typed_at = 0.0

    async def on_message(self, command: SendMessage) -> None:
        said = command.model_dump()
        try:
            await in_thread(messages.post_session_message)(session_id=self.session_id, by=self.user, **said)
        except Refusal as refusal:
            await self.refuse(refusal, **({"client_id": str(command.client_id)} if command.client_id else {}))

    async def on_typing(self, command: SayTyping) -> None:
        """At most one event a second, however often the client says so; before and after the session, none."""
        now = time.monotonic()
        if now - self.typed_at < 1:
            return
        self.typed_at = now
        session = await in_thread(self.live_session)()
        if session:
            is_student = session.party(self.user) == HelpSession.Party.STUDENT
            other = events.seat(self.session_id, session.other_id(self.user))
            await apublish(events.StudentTyping() if is_student else events.HelperTyping(), to=other)

    def live_session(self) -> HelpSession | None:
        return HelpSession.objects.live().visible_to(self.user).filter(pk=self.session_id).first()

    async def on_read(self, command: Read) -> None:
        await in_thread(messages.read_up_to)(session_id=self.session_id, number=command.number, by=self.user)
