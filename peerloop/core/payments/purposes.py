"""What can be paid for. The apps above declare their purposes here, from their `ready()`."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from peerloop.core.registry import Registry

from .models import Payment

purposes: Registry["Purpose"] = Registry("purpose")


def nothing(payment: Payment) -> None:
    """Nothing more happens."""


def as_it_is(payment: Payment) -> str:
    """There is nothing that could differ."""
    return ""


def own_page(payment: Payment) -> str:
    return reverse("payment", args=[payment.pk])


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """`label` says in the receipt what was paid for; `target(payment)` is where the payer goes on after the card.

    The rest are called once each with the payment, under its lock and in the same database transaction as the change,
    so that what they write happens together with it or not at all. They must not speak to the provider: whoever wants
    the money taken or let go now calls `ask_capture` or `ask_release`. `declined` is called when a card is refused;
    another one may then be given; `refund_failed` when money that was to go back did not. `follow(payment)` is asked
    when books are compared: it brings the thing to what its payment says, and returns what was repaired, or nothing.
    """

    name: str
    label: str
    least: int
    most: int
    target: Callable[[Payment], str] = own_page
    authorised: Callable[[Payment], None] = nothing
    declined: Callable[[Payment], None] = nothing
    captured: Callable[[Payment], None] = nothing
    released: Callable[[Payment], None] = nothing
    expired: Callable[[Payment], None] = nothing
    expiring: Callable[[Payment], None] = nothing
    refunded: Callable[[Payment], None] = nothing
    refund_failed: Callable[[Payment], None] = nothing
    follow: Callable[[Payment], str] = as_it_is


def declare(purpose: Purpose) -> Purpose:
    """Allow payments for `purpose`. Raises ValueError if the name is taken."""
    return purposes.add(purpose.name, purpose)


def label_of(payment: Payment) -> str:
    """What it was for, also when its app has since been taken out."""
    name = payment.purpose
    return purposes[name].label if name in purposes else name.replace("_", " ").capitalize()


def target_of(payment: Payment) -> str:
    known = payment.purpose in purposes
    return purposes[payment.purpose].target(payment) if known else own_page(payment)


def subject_of(purpose: str, subject_id: UUID) -> str:
    """How the provider's side names the thing paid; also the root of the idempotency keys."""
    return f"{purpose}:{subject_id}"
