"""`WS /api/help/connect?request_id={id}&token={user_token}`: the student waits here, then the two talk here.

`WS /api/help/available?course_id={id}` is for open modals: how many helpers could be summoned.

Calling and accepting are also deeds: others wait for them, and on everybody's socket no request has to be built up.
"""

from typing import Any, ClassVar
from uuid import UUID

from courses.models import Course
from courses.permissions import is_certified
from peerloop.core.accounts.models import User
from peerloop.core.conversations.payloads import person
from peerloop.core.errors import NotThere
from peerloop.core.presence.deeds import Deed, deed
from peerloop.core.presence.leases import aonline, keeper
from peerloop.core.realtime.consumers import Command, Id, Socket, TokenRefused, in_thread
from peerloop.core.realtime.event import Event
from peerloop.core.realtime.services import publish

from ..sessions import events as talk
from ..sessions.consumers import TalkSocket
from ..sessions.errors import NotInSession
from ..sessions.services import presence
from . import events, queries
from .calls import call_url
from .errors import SummonsNotThere
from .models import HelpSummons
from .permissions import check_can_summon, is_party
from .services.answering import accept_summons
from .services.calling import request_help
from .services.ending import complete_summons


class EndSession(Command):
    """End the session."""


class HelpSocket(TalkSocket):
    commands: ClassVar[dict[str, type[Command]]] = {**TalkSocket.commands, "end_session": EndSession}

    def audience(self) -> tuple[str, ...]:
        self.summons_id = self.session_id = uuid_of(self.query("request_id"))
        self.group = talk.session(self.summons_id)
        return (self.group, talk.seat(self.summons_id, self.user.pk))

    async def authorise(self) -> None:
        if self.ticket and self.ticket.room != str(self.summons_id):
            raise TokenRefused
        await in_thread(self.summons)()

    def summons(self) -> HelpSummons:
        """The summons as it is now. Raises SummonsNotThere, or NotInSession for anybody but its two people."""
        summons = HelpSummons.objects.with_all().filter(pk=self.summons_id).first()
        if summons is None:
            raise SummonsNotThere
        if not is_party(self.user, summons):
            raise NotInSession
        return summons

    async def welcome(self) -> None:
        """Who connects late learns what was told before."""
        here = await aonline(self.group)
        for event in await in_thread(self.standing)(here):
            await self.send(event.for_programs())
        await keeper().arrive(self.group, self.user.pk, Announcer(self.summons_id))

    def standing(self, here: set[UUID]) -> list[Event]:
        summons = self.summons()
        if summons.is_pending:
            count = len(queries.available_ids_for(summons.course_id, summons.student_id))
            return [events.WaitingCount(count=count)]
        if summons.session is None:
            return [events.SummonsCancelled() if summons.status == "cancelled" else events.TimedOut()]
        if summons.is_completed:
            return [talk.SessionEnded(duration=summons.session.seconds)]
        if self.user.pk == summons.responder_id:
            return [student_joined(summons)] if summons.student_id in here else []
        gone = [talk.HelperDisconnected()] if summons.session.helper_gone_at else []
        return [events.matched(summons), *gone]

    async def goodbye(self) -> None:
        await keeper().depart(self.group, self.user.pk)

    def call_url(self) -> str:
        return call_url(self.summons_id)

    # -- commands ------------------------------------------------------------------------------------------------

    async def on_end_session(self, command: EndSession) -> None:
        await in_thread(complete_summons)(summons_id=self.summons_id, by=self.user)

    def still_welcome(self) -> dict[str, str | int]:
        """Where the summons stands and the talk's version, so that a client that missed something notices."""
        super().still_welcome()
        summons = self.summons()
        return {"status": summons.status, "version": summons.session.version if summons.session else 0}


class Announcer:
    """Tells the two of a session who came and who went."""

    def __init__(self, summons_id: UUID) -> None:
        self.summons_id = summons_id

    async def __call__(self, arrived: set[UUID], gone: set[UUID]) -> None:
        await in_thread(self.tell)(arrived, gone)

    def tell(self, arrived: set[UUID], gone: set[UUID]) -> None:
        summons = HelpSummons.objects.with_all().get(pk=self.summons_id)
        if not summons.is_accepted or summons.responder_id is None:
            return
        if summons.student_id in arrived:
            publish(student_joined(summons), to=talk.seat(summons.pk, summons.responder_id))
        if summons.responder_id in arrived:
            presence.note_helper_back(session_id=summons.pk)
        if summons.responder_id in gone:
            presence.note_helper_gone(session_id=summons.pk)


class AvailableSocket(Socket):
    def audience(self) -> tuple[str, ...]:
        self.course_id = uuid_of(self.query("course_id"))
        return (events.course(self.course_id),)

    async def authorise(self) -> None:
        if self.ticket and self.ticket.room != str(self.course_id):
            raise TokenRefused
        await in_thread(self.check_access)()

    def check_access(self) -> Course:
        """The course. Raises NotThere, or why the person may not call for help in it."""
        course = Course.objects.visible_to(self.user).filter(pk=self.course_id).first()
        if course is None:
            raise NotThere
        check_can_summon(self.user, course)
        return course

    async def welcome(self) -> None:
        count = await in_thread(self.count)()
        await self.send(events.CourseCount(course_id=self.course_id, count=count).for_programs())

    def count(self) -> int:
        return len(queries.available_ids_for(self.check_access().pk, self.user.pk))

    def still_welcome(self) -> dict[str, int]:
        super().still_welcome()
        return {"count": self.count()}


@deed("summon")
class Summon(Deed):
    """Call for help; whoever waits already gets that summons."""

    course: Id
    module: Id | None = None
    message: str = ""

    def do(self, by: User) -> dict[str, Any]:
        made = request_help(course_id=self.course, module_id=self.module, message=self.message, by=by)
        return {"request_id": str(made.pk), "available_helpers": made.helpers_available}


@deed("accept_summons")
class AcceptSummons(Deed):
    """Come to the help of who summoned; the first one wins."""

    request_id: Id

    def do(self, by: User) -> dict[str, Any]:
        return {"request_id": str(accept_summons(summons_id=self.request_id, by=by).pk)}


def student_joined(summons: HelpSummons) -> talk.StudentJoined:
    teaches = is_certified(summons.student, summons.course)
    return talk.StudentJoined(student=person(summons.student, is_student_teacher=teaches))


def uuid_of(text: str) -> UUID:
    """Raises NotThere for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        raise NotThere from None
