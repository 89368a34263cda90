"""What somebody has asked, paid and free."""

from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, When

from peerloop.core.accounts.models import User
from peerloop.core.entities.prepared import prepared

from ..models import HelpRequest
from ..models.requests import LIVE
from .lists import response_count

# How many stand on the dashboard.
SHOWN = 5


def own_requests(user: User) -> list[HelpRequest]:
    """What `user` has asked, at most SHOWN: first what is not over, the latest before the earlier. One query."""
    return _own_requests(user.pk)


@prepared
def _own_requests(person_id: UUID) -> QuerySet[HelpRequest]:
    over = Case(When(status__in=LIVE, then=0), default=1, output_field=IntegerField())
    rows = HelpRequest.objects.filter(requester=person_id).annotate(response_count=response_count())
    return rows.select_related("assigned_helper").defer("description", "rating_words").order_by(over, "-pk")[:SHOWN]
