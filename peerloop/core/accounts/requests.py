from django.http import HttpRequest

from .models import User


class MemberRequest(HttpRequest):
    """A request whose view stands behind `login_required`: its `user` is a person. For annotations only."""

    user: User
