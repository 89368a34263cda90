"""Who is told of what happens around a free request. All after commit, each thing once."""

from goodwill.areas import Area
from goodwill.queries import people_knowing
from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import notify, withdraw
from peerloop.core.realtime.services import disconnect, publish

from .. import events
from ..errors import RequestNotThere
from ..models import HelpRequest, HelpResponse


def tell_changed(request: HelpRequest) -> None:
    """Have the open pages of a free request read it anew, each with its own viewer's eyes."""
    publish(events.ThreadChanged(request_id=request.pk), to=events.thread(request.pk))


def shut_out(request: HelpRequest) -> None:
    """Fewer may see it than before: all lines of its pages are closed, and who may still see it comes back."""
    disconnect(group=events.thread(request.pk), sentence=RequestNotThere.text)


def tell_experts(request: HelpRequest) -> None:
    """Whoever knows the area of a public request (REC-109), not its requester."""
    if not request.is_public or request.hidden_at:
        return
    area = Area.of(request.category, request.subcategory)
    _tell("help_wanted", request, to=list(people_knowing(area)), by=request.requester, key=wanted_key(request))


def tell_responded(response: HelpResponse) -> None:
    """The requester, and who takes care of the request."""
    request = response.request
    for person in User.objects.people().filter(pk__in=request.parties()):
        data = {"mine": person.pk == request.requester_id}
        key = f"help-response:{response.pk}"
        _tell("help_response", request, to=[person], by=response.responder, key=key, data=data)


def tell_solved(response: HelpResponse) -> None:
    """Everybody who responded: the one whose response it was, and the others."""
    request = response.request
    withdraw_solved(request)
    responders = User.objects.people().filter(pk__in=request.responses.shown().values("responder"))
    people = [each for each in responders if request.is_public or each.pk in request.parties()]
    for mine in (True, False):
        told = [each for each in people if (each.pk == response.responder_id) == mine]
        _tell("help_solved", request, to=told, by=request.requester, key=solved_key(request), data={"mine": mine})


def tell_assigned(request: HelpRequest, *, by: User) -> None:
    """The helper whom somebody else chose."""
    if request.assigned_helper:
        key = f"help-assigned:{request.pk}:{request.assigned_helper_id}"
        _tell("help_assigned", request, to=[request.assigned_helper], by=by, key=key)


def tell_taken(request: HelpRequest) -> None:
    """The requester, of the helper who took it."""
    key = f"help-taken:{request.pk}:{request.assigned_helper_id}"
    _tell("help_taken", request, to=[request.requester], by=request.assigned_helper, key=key)


def withdraw_solved(request: HelpRequest) -> None:
    """It is not solved, or by something else."""
    withdraw(keys=[solved_key(request)])


def withdraw_from_outsiders(request: HelpRequest) -> None:
    """The request is not for everybody any more: nobody's bell says what it is called."""
    withdraw(keys=[wanted_key(request), solved_key(request)])
    shut_out(request)


def withdraw_response(response: HelpResponse) -> None:
    withdraw(keys=[f"help-response:{response.pk}"])


def wanted_key(request: HelpRequest) -> str:
    return f"help-wanted:{request.pk}"


def solved_key(request: HelpRequest) -> str:
    return f"help-solved:{request.pk}"


def _tell(
    kind: str, request: HelpRequest, *, to: list[User], by: User | None, key: str, data: dict[str, bool] | None = None
) -> None:
    notify(
        kind=kind,
        to=[each.pk for each in to],
        by=by,
        description=request.title,
        target=request.get_absolute_url(),
        key=key,
        data=data or {},
        request_id=request.pk,
        category=request.category,
    )
