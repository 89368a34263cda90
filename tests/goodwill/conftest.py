"""A reason of the tests' own: thanks for a thing by whoever it is for, 1 to 25 points, 5 unless said otherwise."""

from uuid import UUID, uuid4

import pytest

from goodwill.errors import NoRecipient
from goodwill.models import Account
from goodwill.reasons import Reason, reasons
from goodwill.services import award_points
from peerloop.core.flags.models import Flag

NOT_ELIGIBLE = UUID(int=13)


def check(by, recipient_id, points, reference_id) -> None:
    if reference_id == NOT_ELIGIBLE:
        raise NoRecipient


@pytest.fixture
def thanks(monkeypatch):
    reason = Reason(
        name="thanks",
        label="A thing in the tests",
        least=1,
        most=25,
        default=5,
        check=check,
        target=lambda reference_id: f"/things/{reference_id}",
        earn="Help somebody in a test.",
    )
    monkeypatch.setitem(reasons._things, "thanks", reason)
    return reason


@pytest.fixture
def award(thanks):
    """`award(ada, ben, 7)`: Ada thanks Ben with 7 points for some new thing."""

    def give(giver, recipient, points=5, *, reason="thanks", reference_id=None):
        return award_points(
            by=giver,
            recipient_id=recipient.pk,
            points=points,
            reason=reason,
            reference_id=reference_id or uuid4(),
        )

    return give


@pytest.fixture
def balances():
    """`balances(ada, ben)` is what they have to give, in this order."""

    def read(*people):
        found = dict(Account.objects.values_list("user", "balance"))
        return [found[person.pk] for person in people]

    return read


@pytest.fixture
def goodwill_off(db):
    Flag.objects.update_or_create(name="goodwill_points", defaults={"everyone": False})
