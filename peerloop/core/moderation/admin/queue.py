"""The queue (MODQ): what was reported, oldest first, and one case with its context."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.text import Truncator

from ..forms import ReasonForm
from ..models import FlaggedItem
from ..permissions import can_act_on
from ..queries import case_of
from .buttons import ON_ITEMS, ON_PEOPLE, fitting
from .desk import DeskAdmin, acting, page, pressed
from .several import actions, several


class StateFilter(admin.SimpleListFilter):
    """Which cases; the open ones unless asked otherwise."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counts = dict(FlaggedItem.objects.order_by().values_list("state").annotate(Count("pk")))
        states = [(value, f"{label} ({counts.get(value, 0)})") for value, label in FlaggedItem.State.choices]
        return [*states, ("all", f"All ({sum(counts.values())})")]

    def value(self) -> str:
        return super().value() or FlaggedItem.State.OPEN

    def choices(self, changelist: Any) -> Iterator[Any]:
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, items: QuerySet[Any]) -> QuerySet[Any]:
        return items if self.value() == "all" else items.filter(state=self.value())


@admin.register(FlaggedItem)
class FlaggedItemAdmin(DeskAdmin):
    list_display = ("excerpt", "what", "author", "reports", "created_at", "state", "decided_by")
    list_display_links = ("excerpt",)
    list_filter = (StateFilter, "kind")
    search_fields = ("text", "author__username", "author__name")
    ordering = ("created_at", "pk")
    actions = actions(ON_ITEMS)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return FlaggedItem.objects.with_reports().select_related("author", "decided_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(several)
        return [path("several/", view, name="moderation_several"), *super().get_urls()]

    @admin.display(description="text")
    def excerpt(self, item: FlaggedItem) -> str:
        return Truncator(item.text).chars(90) or "(no text)"

    @admin.display(description="kind", ordering="kind")
    def what(self, item: FlaggedItem) -> str:
        return item.kind_label

    @admin.display(ordering="reports")
    def reports(self, item: Any) -> int:
        return item.reports

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        item = self.get_object(request, object_id)
        if item is None:
            raise Http404
        form, status = ReasonForm(request.POST or None), 200
        if request.method == "POST":
            answer = pressed(request, form, item=item)
            if isinstance(answer, HttpResponse):
                return answer
            item, status = self.get_object(request, object_id), answer
        return page(request, "admin/moderation/case.html", self._around(request, item, form), status=status)

    def _around(self, request: HttpRequest, item: Any, form: ReasonForm) -> dict[str, Any]:
        case = case_of(item)
        return {
            "title": str(item),
            "opts": self.opts,
            "case": case,
            "form": form,
            "may_act": can_act_on(acting(request), item.author),
            "on_item": {} if case.newer else fitting(ON_ITEMS, item),
            "on_person": fitting(ON_PEOPLE, item.author),
        }
