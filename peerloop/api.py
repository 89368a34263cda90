"""The JSON door: one NinjaAPI, one router per app, one way to say no."""

from typing import Any

from allauth.headless.contrib.ninja.security import XSessionTokenAuth, authenticate_by_x_session_token
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import SessionAuth

from chat.api import router as chat
from courses.api import router as courses
from goodwill.api import router as goodwill
from helpdesk.api import router as helpdesk
from peerloop.core.accounts.api import router as accounts
from peerloop.core.errors import NotAllowed, NotThere, PartAway, Refusal, SignInNeeded
from peerloop.core.errors.middleware import AWAY
from peerloop.core.moderation.api import router as moderation
from peerloop.core.notifications.api import router as notifications
from peerloop.core.presence.api import router as presence
from peerloop.core.push.api import router as push
from peerloop.core.uploads.api import router as uploads


class ProgramAuth(XSessionTokenAuth):
    """A program's session token. Its session becomes the request's, so that what is opened with it ends with it."""

    def __call__(self, request: HttpRequest) -> Any:
        token = self.get_session_token(request)
        found = authenticate_by_x_session_token(token) if token else None
        if found is None:
            return None
        user, request.session = found
        return user


api = NinjaAPI(
    title="PeerLoop",
    version="1",
    auth=[SessionAuth(csrf=True), ProgramAuth()],
    docs_url=None,
    openapi_url="openapi.json",
)


def refuse(request: HttpRequest, text: str, status: int) -> HttpResponse:
    return api.create_response(request, {"error": text}, status=status)


@api.exception_handler(Refusal)
def on_refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    return refuse(request, error.sentence, error.status)


def on_away(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    return refuse(request, PartAway.text, PartAway.status)


for away in AWAY:
    api.add_exception_handler(away, on_away)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = (f"{each['loc'][-1]}: {each['msg']}" for each in error.errors)
    return refuse(request, "; ".join(problems), 400)


@api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refuse(request, SignInNeeded.text, 401)


@api.exception_handler(Http404)
def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return refuse(request, NotThere.text, 404)


@api.exception_handler(PermissionDenied)
def on_denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return refuse(request, NotAllowed.text, 403)


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refuse(request, str(error), error.status_code)


api.add_router("", accounts)
api.add_router("", presence)
api.add_router("notifications", notifications)
api.add_router("goodwill", goodwill)
api.add_router("", courses)
api.add_router("", chat)
api.add_router("", helpdesk)
api.add_router("", uploads)
api.add_router("push", push)
api.add_router("", moderation)
