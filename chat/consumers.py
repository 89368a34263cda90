"""`WS /api/chat/connect?room={room_id}&token={user_token}`: one person in one room."""

import time
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from courses.models import Course
from courses.queries import student_teacher_ids
from peerloop.core.analytics.services import track
from peerloop.core.conversations.payloads import person
from peerloop.core.errors import NotThere, Refusal
from peerloop.core.presence.leases import aonline, keeper
from peerloop.core.realtime.consumers import Command, Id, Socket, TokenRefused, in_thread
from peerloop.core.realtime.event import Event
from peerloop.core.realtime.services import apublish, publish

from . import events, queries
from .history import history_frame
from .models import Room
from .permissions import check_may_enter, participants_among
from .services import messages, participants, thanks
from .services.telling import tell_helpers
from .writer import writer

# More changes than this in one bulletin are told as one list of everybody.
SINGLE_CHANGES = 5


class SendMessage(Command):
    """Post a message. The same `client_id` again is the same message."""

    content: str
    is_question: bool = False
    reply_to_id: Id | None = None
    client_id: Id | None = None
    attachment_ids: list[Id] = []


class SayTyping(Command):
    """Say that one is typing; the room hears it at most once a second."""


class MarkHelpful(Command):
    """Thank an answer with the default number of points."""

    message_id: Id


class Read(Command):
    """Everything up to this number was read."""

    number: int = Field(ge=0, le=2**62)


class ChatSocket(Socket):
    commands: ClassVar[dict[str, type[Command]]] = {
        **Socket.commands,
        "message": SendMessage,
        "typing": SayTyping,
        "mark_helpful": MarkHelpful,
        "read": Read,
    }
    typed_at = 0.0

    def audience(self) -> tuple[str, ...]:
        try:
            self.course_id = UUID(self.query("room"))
        except ValueError:
            raise NotThere from None
        self.group = events.room(self.course_id)
        return (self.group,)

    async def authorise(self) -> None:
        if self.ticket and self.ticket.room != str(self.course_id):
            raise TokenRefused
        await in_thread(self.check_access)()

    def check_access(self) -> None:
        """Raises unless the course is there and the person may be in its room now."""
        takes_part = bool(participants_among([self.user.pk], [self.course_id]))
        if not (takes_part or Course.objects.filter(pk=self.course_id).exists()):
            raise NotThere
        check_may_enter(self.user, takes_part=takes_part)

    async def welcome(self) -> None:
        before = await keeper().arrive(self.group, self.user.pk, Announcer(self.course_id))
        here = (before or await aonline(self.group)) | {self.user.pk}
        history, present = await in_thread(self.greeting)(here)
        await self.send(history)
        await self.tell(present)
        if any(each.id == self.user.pk and each.is_student_teacher for each in present.users):
            await in_thread(track)("helper_online", user=self.user, st_id=self.user.pk, course_id=self.course_id)

    def greeting(self, here: set[UUID]) -> tuple[str, events.Presence]:
        return self.history(), everybody(self.course_id, here)

    def history(self) -> str:
        room = messages.open_room(self.course_id)
        if self.member.format == "html":  # a page has what was said already
            return events.History(messages=[], version=room.version).for_pages({})
        return history_frame(room)

    async def goodbye(self) -> None:
        await keeper().depart(self.group, self.user.pk)

    async def tell(self, event: Event) -> None:
        as_page = self.member.format == "html"
        await self.send(event.for_pages({}) if as_page else event.for_programs())

    # -- commands ------------------------------------------------------------------------------------------------

    async def on_message(self, command: SendMessage) -> None:
        said = command.model_dump()
        try:
            await writer().post(messages.draft(course_id=self.course_id, by=self.user, **said))
        except Refusal as refusal:
            await self.refuse(refusal, **({"client_id": str(command.client_id)} if command.client_id else {}))

    async def on_typing(self, command: SayTyping) -> None:
        """At most one event a second, however often the client says so."""
        now = time.monotonic()
        if now - self.typed_at >= 1:
            self.typed_at = now
            await apublish(events.Typing(user_id=self.user.pk), to=self.group)

    async def on_mark_helpful(self, command: MarkHelpful) -> None:
        await in_thread(thanks.thank)(message_id=command.message_id, by=self.user)

    async def on_read(self, command: Read) -> None:
        await in_thread(participants.read_up_to)(course_id=self.course_id, number=command.number, by=self.user)

    def still_welcome(self) -> dict[str, int]:
        """The room's version, so that a client that missed the last events notices."""
        super().still_welcome()
        self.check_access()
        return {"version": Room.objects.values_list("version", flat=True).get(pk=self.course_id)}


def everybody(course_id: UUID, here: set[UUID]) -> events.Presence:
    people = queries.people_of(course_id, here).values()
    shown = sorted((each for each in people if each.is_active), key=lambda each: each.name)
    return events.Presence(users=[person(each, is_student_teacher=each.teaches) for each in shown])


class Announcer:
    """Tells a room who came and who went."""

    def __init__(self, course_id: UUID) -> None:
        self.course_id = course_id
        self.group = events.room(course_id)

    async def __call__(self, arrived: set[UUID], gone: set[UUID]) -> None:
        here = await aonline(self.group)
        await in_thread(self.tell)(arrived, gone, here)

    def tell(self, arrived: set[UUID], gone: set[UUID], here: set[UUID]) -> None:
        present = everybody(self.course_id, here | arrived)
        if len(arrived) + len(gone) > SINGLE_CHANGES:
            publish(present, to=self.group)
        else:
            self.tell_each(present, arrived, gone)
        if (arrived | gone) & student_teacher_ids(self.course_id):
            tell_helpers(self.course_id)

    def tell_each(self, present: events.Presence, arrived: set[UUID], gone: set[UUID]) -> None:
        for user in present.users:
            if user.id in arrived:
                publish(events.UserJoined(user=user), to=self.group)
        for user_id in gone:
            publish(events.UserLeft(user_id=user_id), to=self.group)
