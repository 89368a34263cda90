"""Who hears of what: helpers who could take a request, its customer, its helper. All after commit."""

from typing import Any
from uuid import UUID

from peerloop.core.accounts.models import User
from peerloop.core.notifications.services import notify, withdraw
from peerloop.core.realtime import groups
from peerloop.core.realtime.services import publish_to_all

from ...sessions import events as talk
from .. import addresses, events
from ..models import Claim, HelpRequest, ProblemReport
from ..queries.paid import deciders, helpers_here, here

TAKEN, OVER = "Another helper has taken it.", "This request is over."
DECIDED = "This report is decided."
# How much of a description helpers read before they take the request.
DESCRIPTION_TOLD = 100


def tell_dispatched(request: HelpRequest, helper_ids: list[UUID]) -> int:
    """Give each of these helpers a notice of their own, in one batch, and show the request to those who are here.

    Whose bell shows it already is not told again. Returns how many are told.
    """
    told = notify(
        kind="new_request",
        to=helper_ids,
        by=request.requester,
        description=request.description[:DESCRIPTION_TOLD],
        target=addresses.HELPER_DASHBOARD,
        key=notice_key(request),
        request_id=request.pk,
        category=request.category,
        amount=request.amount,
    )
    opened = events.opened(request, request.description[:DESCRIPTION_TOLD])
    publish_to_all(opened, to=[groups.person(each) for each in here(helper_ids)])
    return len(told)


def tell_taken(request: HelpRequest, *, why: str = TAKEN) -> None:
    """Take a request out of the helpers' bells and off their pages."""
    withdraw(keys=[notice_key(request)], why=why)
    taken = events.RequestTaken(request_id=request.pk)
    publish_to_all(taken, to=[groups.person(each) for each in helpers_here(request)])


def tell_updated(request: HelpRequest, claim: Claim | None) -> None:
    """Have the status page and, once there is a session, the pages of both read anew."""
    to = [events.request(request.pk)]
    if claim:
        to.append(talk.session(claim.session_id))
        publish_to_all(events.session_updated(claim.session, request.pk), to=to)
    publish_to_all(events.updated(request, claim), to=to)


def tell_customer(request: HelpRequest, news: str, claim: Claim | None = None, *, by: User | None = None) -> None:
    """Tell the customer what became of the request; told once of each claim."""
    about_session = claim and news in ("claimed", "started")
    target = addresses.customer_session(claim.session_id) if claim and about_session else request.get_absolute_url()
    _notify("paid_request", request.requester_id, request, news, by=by, target=target, about=claim or request)


def tell_helper(claim: Claim, news: str) -> None:
    """Tell the helper that the request is not theirs any more."""
    request = claim.request
    _notify("claim", claim.helper_id, request, news, by=None, target=addresses.HELPER_DASHBOARD, about=claim)


def tell_reported(report: ProblemReport) -> None:
    """Tell everybody who may decide about a report that it waits."""
    notify(
        kind="problem_report",
        to=deciders(report.claim).values_list("pk", flat=True),
        by=report.by,
        description=report.text,
        target=addresses.decision(report.pk),
        key=report_key(report),
        request_id=report.claim.request_id,
        category=report.claim.request.category,
        amount=report.claim.request.amount,
    )


def tell_decided(report: ProblemReport) -> None:
    """Tell both of the session what staff decided about the customer's report; it waits for nobody any more."""
    withdraw(keys=[report_key(report)], why=DECIDED)
    claim = report.claim
    pages = {
        "problem": (claim.request.requester_id, addresses.customer_session(claim.session_id)),
        "session_problem": (claim.helper_id, addresses.helper_session(claim.session_id)),
    }
    for kind, (person_id, target) in pages.items():
        notify(
            kind=kind,
            to=[person_id],
            by=None,
            description=report.note or claim.request.title,
            target=target,
            # Decided anew, because the money did not arrive, is told anew.
            key=f"{kind}:{report.pk}:{report.refund_id or report.state}",
            data={"state": str(report.state), "amount": report.amount_in_words},
            request_id=claim.request_id,
            category=claim.request.category,
        )


def report_key(report: ProblemReport) -> str:
    return f"problem_report:{report.pk}"


def notice_key(request: HelpRequest) -> str:
    return f"new_request:{request.pk}"


def _notify(kind: str, to: UUID, request: HelpRequest, news: str, *, about: Any, **fields: Any) -> None:
    notify(
        kind=kind,
        to=[to],
        description=request.title,
        key=f"{kind}:{news}:{about.pk}",
        data={"news": news},
        request_id=request.pk,
        category=request.category,
        amount=request.amount,
        **fields,
    )
