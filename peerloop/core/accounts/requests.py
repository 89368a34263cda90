"""What a view knows of its request. For annotations only."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from .models import User


class SiteRequest(HttpRequest):
    """A request after the middleware; its `user` may be a visitor."""

    htmx: HtmxDetails


class MemberRequest(SiteRequest):
    """The view stands behind `login_required` or a check that refuses visitors: its `user` is a person."""

    user: User


class CallerRequest(HttpRequest):
    """A request to the JSON API: `auth` is the caller, whether a page's session or a program's token says so."""

    auth: User
