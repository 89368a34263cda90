"""What is pressed beside a push. Its service worker asks; the ticket in the address stands for the person."""

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from peerloop.core.errors import Refusal

from ..services.tickets import accept_with_ticket, decline_with_ticket


@csrf_exempt
@require_POST
def offer_acceptance(request: HttpRequest, ticket: str) -> JsonResponse:
    """A helper comes, from a device that may be locked: where to go on, or why not."""

    def accept() -> dict[str, str]:
        taken = accept_with_ticket(ticket=ticket)
        return {"url": taken.get_absolute_url(), "title": f"You are connected with {taken.student}"}

    return answered(accept)


@csrf_exempt
@require_POST
def offer_refusal(request: HttpRequest, ticket: str) -> JsonResponse:
    """Not now: others may answer."""

    def decline() -> dict[str, str]:
        decline_with_ticket(ticket=ticket)
        return {}

    return answered(decline)


def answered(act: Callable[[], dict[str, str]]) -> JsonResponse:
    try:
        return JsonResponse(act())
    except Refusal as refusal:
        return JsonResponse({"error": refusal.sentence, "url": reverse("helper_dashboard")}, status=refusal.status)
