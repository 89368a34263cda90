"""The socket door: what every consumer of ours has in common."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from channels.auth import get_user
from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db.models import QuerySet
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from peerloop.core.accounts.models import User
from peerloop.core.entities.prepared import prepared
from peerloop.core.errors import NotAllowed, Refusal

from . import tokens
from .event import encode
from .hub import ENDED, MISSING, REFUSED, Member, hub

log = structlog.get_logger(__name__)
# What touches the database from a coroutine goes through this.
in_thread = database_sync_to_async
FRAME_BYTES = 64 * 1024


# JSON has no UUIDs: an id comes as text, everything else as what it is.
Id = Annotated[UUID, Field(strict=False)]


class Command(BaseModel):
    """What a client may send: subclasses are the `type`s, their fields are all there may be."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Ping(Command):
    """Is the connection alive, and is the person still welcome?"""


@prepared
def _people(user_id: UUID) -> QuerySet[User]:
    return User.objects.people().filter(pk=user_id)


class Socket(AsyncWebsocketConsumer):
    """Authorise, join groups, then answer commands until the connection ends.

    A subclass gives `audience`, `authorise`, `commands` and a method `on_<type>` for each command.
    A refusal answers with an `error` frame; the connection stays.
    """

    channel_layer_alias = "none"  # the hub listens for the whole process; a socket needs no channel of its own
    commands: ClassVar[Mapping[str, type[Command]]] = {"ping": Ping}

    user: User
    member: Member
    joined: tuple[str, ...] = ()
    welcomed = False

    def audience(self) -> tuple[str, ...]:
        """The groups this address is about. Raises a refusal if the address is damaged."""
        raise NotImplementedError

    async def authorise(self) -> None:
        """Raises a refusal unless the person may hear the audience."""

    async def welcome(self) -> None:
        """Called once: send what the client starts from."""

    async def goodbye(self) -> None:
        """Called once when the connection of a welcomed member has ended."""

    # -- the connection ------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        await self.accept()
        try:
            self.user = await self.signed_in()
            # Joined before the right is checked, and deaf until then: an order to leave cannot fall in between.
            await self.join(self.audience())
            await self.authorise()
        except Refusal as refusal:
            await self.refuse(refusal)
            await self.close(code=ENDED if refusal.status == 401 else REFUSED)
            return
        if self.member.open:  # nobody ordered it closed meanwhile
            self.welcomed = self.member.hears = True
            await self.welcome()

    async def join(self, audience: tuple[str, ...]) -> None:
        self.joined = audience
        self.member = Member(
            self.base_send,
            user_id=self.user.pk,
            session=self.session,
            format="html" if self.query("format") == "html" else "json",
            socket=self.scope.get("peerloop.socket"),
        )
        await hub().join(self.member, *audience)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """However the connection ends, by either side, an error or a stop of the server, its member leaves.

        Channels would wait for a channel of the layer as well, with a task for each message; we have none.
        """
        self.scope, self.base_send = scope, send
        try:
            with suppress(StopConsumer):
                while True:
                    await self.dispatch(await receive())
        finally:
            if self.joined:
                await hub().leave(self.member, *self.joined)
            if self.welcomed:
                await self.goodbye()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' hop to a thread before each message: `in_thread` looks after the connections itself."""
        await getattr(self, get_handler_name(message))(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.welcomed or not self.member.open:
            return
        try:
            name, command = self.parse(text_data)
            await self.obey(name, command)
        except Refusal as refusal:
            await self.refuse(refusal)

    async def obey(self, name: str, command: Command) -> None:
        await getattr(self, f"on_{name}")(command)

    def parse(self, text: str | None) -> tuple[str, Command]:
        """The command in a frame. Raises BadFrame for anything else, with what is wrong."""
        if text is None or len(text) > FRAME_BYTES:
            raise BadFrame(problem="send one JSON object of at most 64 kB as text")
        try:
            fields = json.loads(text)
            name = fields.pop("type")
            return name, self.commands[name].model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            raise BadFrame(problem=f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        except (ValueError, AttributeError, KeyError, TypeError):
            known = ", ".join(sorted(self.commands))
            raise BadFrame(problem=f"it must be a JSON object whose type is one of {known}") from None

    async def on_ping(self, command: Ping) -> None:
        """Answer with what `still_welcome` says; close if the person is not welcome any more."""
        try:
            news = await in_thread(self.still_welcome)()
        except Refusal as refusal:
            self.member.close(REFUSED, refusal.sentence)
            return
        await self.send(encode({"type": "pong", **news}))

    def still_welcome(self) -> dict[str, Any]:
        """Read the person anew, in a thread; subclasses check more and add to the pong. Raises SocketSignInNeeded."""
        user = self.person(self.user.pk)
        if user is None:
            raise SocketSignInNeeded
        self.user = user
        return {}

    def person(self, user_id: UUID) -> User | None:
        """Who it is, if they may be here."""
        return next(iter(_people(user_id)), None)

    async def send(self, text_data: str | None = None, **more: Any) -> None:
        """Send a frame, unless the connection was ordered closed meanwhile: nothing comes after that."""
        if not self.joined or self.member.open:
            await super().send(text_data, **more)

    async def refuse(self, refusal: Refusal, **fields: Any) -> None:
        await self.send(encode({"type": "error", "message": refusal.sentence, **fields}))

    # -- who is there --------------------------------------------------------------------------------------------

    def query(self, name: str) -> str:
        return parse_qs(self.scope["query_string"].decode("latin-1")).get(name, [""])[0]

    async def signed_in(self) -> User:
        """The person of the token if one is given, else of the session cookie. Raises SocketSignInNeeded."""
        self.ticket = tokens.read(self.query("token"))
        if self.query("token"):
            if self.ticket is None:
                raise TokenRefused
            self.session = self.ticket.session
            user = await in_thread(self.person)(self.ticket.user_id)
        else:
            self.session = self.scope["session"].session_key or ""
            user = await get_user(self.scope)
        if user is None or not user.is_active or user.is_system:
            raise TokenRefused if self.ticket else SocketSignInNeeded
        return user


class BadFrame(Refusal):
    text = "That frame was not understood: {problem}."


class SocketSignInNeeded(Refusal):
    status = 401
    text = "Sign in again to go on."


class TokenRefused(NotAllowed):
    text = "This token is not valid any more. Ask for a new one and connect again."


class Nowhere(AsyncWebsocketConsumer):
    """Answers sockets opened at an address that does not exist."""

    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        await self.close(code=MISSING)
