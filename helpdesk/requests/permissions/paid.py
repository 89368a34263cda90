"""Paid requests: helpers take them, the customer may withdraw and report, staff look after what is left."""

from django.contrib.auth.models import AnonymousUser

from peerloop.core.accounts.models import User

from ..models import Claim, HelpRequest


def can_claim(by: User, request: HelpRequest) -> bool:
    """Helpers, but not the customer."""
    return by.is_active and by.is_helper and by.pk != request.requester_id


def can_withdraw(by: User, request: HelpRequest) -> bool:
    """The customer, and the system when the customer is gone."""
    return by.is_system or (by.is_active and by.pk == request.requester_id)


def can_work_on(by: User, claim: Claim) -> bool:
    """The helper who has taken it may start, give back and complete; the system gives back for who is gone."""
    return by.is_system or (by.is_active and by.pk == claim.helper_id)


def can_report_problem(by: User, claim: Claim) -> bool:
    """Its customer, whose money it is."""
    return by.is_active and by.pk == claim.request.requester_id


def can_decide_problems(by: User | AnonymousUser) -> bool:
    """Staff look after reports."""
    return by.is_active and by.is_staff


def can_decide_problem(by: User, claim: Claim) -> bool:
    """Staff, but nobody decides about a session of their own, as its helper or as its customer."""
    return can_decide_problems(by) and by.pk not in (claim.helper_id, claim.request.requester_id)


def can_end_abandoned(by: User) -> bool:
    return by.is_system or (by.is_active and by.is_staff)
