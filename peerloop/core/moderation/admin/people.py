"""One person's standing and history, and the actions on the list of people."""

from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from peerloop.core.accounts.models import SYSTEM_ID, User
from peerloop.core.errors import NotAllowed

from ..forms import ReasonForm
from ..permissions import can_act_on, can_moderate
from ..queries import acts_on
from .buttons import ON_PEOPLE, fitting
from .desk import acting, page, pressed
from .several import actions

# Accounts lie below moderation and do not know it; their list gets our actions from here.
_people = admin.site.get_model_admin(User)
_people.actions = [*(_people.actions or ()), *actions(ON_PEOPLE)]


def person_view(request: HttpRequest, person_id: UUID) -> HttpResponse:
    if not can_moderate(acting(request)):
        raise NotAllowed
    person = get_object_or_404(User.objects.exclude(pk=SYSTEM_ID), pk=person_id)
    form, status = ReasonForm(request.POST or None), 200
    if request.method == "POST":
        answer = pressed(request, form)
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
        person.refresh_from_db()
    context = {
        "title": str(person),
        "person": person,
        "form": form,
        "acts": acts_on(person),
        "may_act": can_act_on(acting(request), person),
        "on_person": fitting(ON_PEOPLE, person),
    }
    return page(request, "admin/moderation/person.html", context, status=status)
