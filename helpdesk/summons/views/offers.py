"""What is pressed beside a push. Its service worker asks; the ticket in the address stands for the person.

Beside the ticket it sends `device`, which the push named.
"""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from peerloop.core.errors import Refusal

from ..errors import OfferNotThere
from ..services.tickets import accept_with_ticket, decline_with_ticket


@csrf_exempt
@require_POST
def offer_acceptance(request: HttpRequest, ticket: str) -> JsonResponse:
    """A helper comes, from a device that may be locked: where to go on, or why not."""

    def accept() -> dict[str, str]:
        taken = accept_with_ticket(ticket=ticket, device_id=device_of(request))
        return {"url": taken.get_absolute_url(), "title": f"You are connected with {taken.student}"}

    return answered(accept)


@csrf_exempt
@require_POST
def offer_refusal(request: HttpRequest, ticket: str) -> JsonResponse:
    """Not now: others may answer."""

    def decline() -> dict[str, str]:
        decline_with_ticket(ticket=ticket, device_id=device_of(request))
        return {}

    return answered(decline)


def device_of(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("device", ""))
    except ValueError:
        raise OfferNotThere from None


def answered(act: Callable[[], dict[str, str]]) -> JsonResponse:
    try:
        return JsonResponse(act())
    except Refusal as refusal:
        return JsonResponse({"error": refusal.sentence, "url": reverse("helper_dashboard")}, status=refusal.status)
