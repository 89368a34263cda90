"""What people are told of requests: helpers of new paid ones, customers of theirs, and everybody around a free one."""

from peerloop.core.notifications.kinds import Kind, Push, declare, for_a_day
from peerloop.core.notifications.models import NAMELESS, Notification

from .categories import icon_of, label_of
from .models import HelpRequest, ProblemReport
from .models.requests import HelpRequestQuerySet
from .permissions.paid import can_decide_problems

# By what happened to the request of a customer.
NEWS = {
    "claimed": "{by} takes your request and will start the session soon",
    "started": "{by} has started your session",
    "reopened": "Your request waits for another helper",
    "unclaimed": "Nobody could take your request. The hold on your card is released",
    "abandoned": "Your session was not completed. The hold on your card is released",
    "hold_ended": "The hold on your card has ended, so your request is closed",
}
# What a helper reads about a request that was theirs.
LOST = {
    "expired": "Your time to start a request is over, so another helper may take it",
    "called_off": "The request you took has ended before its session",
}


# What staff decided about a report: for its customer, and for the helper of the session.
DECIDED = {
    "refunded": "We looked into your report: {amount} is refunded to you",
    "declined": "We looked into your report: nothing is refunded",
}
DECIDED_FOR_HELPER = {
    "refunded": "We looked into a report on your session: {amount} is refunded to the customer",
    "declined": "We looked into a report on your session: nothing is refunded",
}


def new_request_title(notification: Notification) -> str:
    """ "New {category label} Request", as far as the category has a label."""
    return " ".join(filter(None, ("New", label_of(notification.category), "Request")))


def category_icon(notification: Notification) -> str:
    """The category's icon; a house for an unknown one."""
    return icon_of(notification.category)


def waiting(notification: Notification) -> HelpRequest | None:
    """The request, while it can be taken."""
    key = notification.request_id
    return HelpRequest.objects.unclaimed().filter(pk=key).first() if key else None


def still_waits(notification: Notification) -> bool:
    return waiting(notification) is not None


def while_it_waits(notification: Notification) -> Push:
    found = waiting(notification)
    if found is None or found.expires_at is None:
        return for_a_day(notification)
    return Push(until=found.expires_at, is_urgent=True)


def news(notification: Notification) -> str:
    """What became of a paid request: taken, started, waiting again, or over."""
    name = notification.by.display_name if notification.by else NAMELESS
    return NEWS[notification.data["news"]].format(by=name)


def loss(notification: Notification) -> str:
    """Why a request that somebody took is theirs no more."""
    return LOST[notification.data["news"]]


def decision(notification: Notification) -> str:
    """What was decided about one's own report."""
    return DECIDED[notification.data["state"]].format(amount=notification.data["amount"])


def decision_for_helper(notification: Notification) -> str:
    """What was decided about a report on a session in which one helped."""
    return DECIDED_FOR_HELPER[notification.data["state"]].format(amount=notification.data["amount"])


def still_to_decide(notification: Notification) -> bool:
    """Who was told may decide, and nobody has."""
    reports = ProblemReport.objects.open().filter(claim__request=notification.request_id)
    return can_decide_problems(notification.recipient) and reports.exists()


def still_theirs_to_see(notification: Notification) -> bool:
    """The request is there, and its person may see it."""
    return notification.recipient.is_active and _request(notification).visible_to(notification.recipient).exists()


def still_wanted(notification: Notification) -> bool:
    """Who was asked because of what they know hears of it while it is not solved."""
    return still_theirs_to_see(notification) and _request(notification).live().exists()


def _request(notification: Notification) -> HelpRequestQuerySet:
    return HelpRequest.objects.filter(pk=str(notification.request_id))


def responded(notification: Notification) -> str:
    """To one's own request, or to one that one takes care of."""
    name = notification.by.display_name if notification.by else NAMELESS
    about = "your help request" if notification.data.get("mine", True) else "a help request you take care of"
    return f"{name} responded to {about}"


def solved(notification: Notification) -> str:
    """By one's own response, or by another's."""
    name = notification.by.display_name if notification.by else NAMELESS
    if notification.data.get("mine"):
        return f"Your response solved the request of {name}"
    return f"{name} found the solution to a request you responded to"


declare(
    Kind(
        name="new_request",
        label="New paid requests that I can take",
        title=new_request_title,
        icon=category_icon,
        tone="honey",
        push_default=True,
        may_mail=still_waits,
        push=while_it_waits,
    )
)
declare(
    Kind(
        name="paid_request",
        label="My paid requests",
        title=news,
        icon="person-video3",
        tone="lake",
        email_default=True,
        push_default=True,
    )
)
declare(
    Kind(
        name="claim",
        label="Paid requests that I have taken",
        title=loss,
        icon="hourglass-bottom",
        tone="plum",
        email_default=True,
        push_default=True,
    )
)
declare(
    Kind(
        name="problem",
        label="Problems I reported with paid sessions",
        title=decision,
        icon="flag",
        tone="clay",
        email_default=True,
        push_default=True,
    )
)
declare(
    Kind(
        name="problem_report",
        label="Problems with paid sessions that staff have to decide about",
        title="{by} reported a problem with a paid session",
        icon="flag",
        tone="clay",
        email_default=True,
        is_for=can_decide_problems,
        may_mail=still_to_decide,
    )
)
declare(
    Kind(
        name="session_problem",
        label="Problems reported with paid sessions I helped in",
        title=decision_for_helper,
        icon="flag",
        tone="clay",
        email_default=True,
    )
)
declare(
    Kind(
        name="help_wanted",
        label="Help requests in what I know",
        title="{by} asks for help in what you know",
        icon="life-preserver",
        tone="lake",
        push_default=True,
        may_mail=still_wanted,
    )
)
declare(
    Kind(
        name="help_response",
        label="Responses to my help requests",
        title=responded,
        icon="chat-left-text",
        tone="lake",
        email_default=True,
        push_default=True,
        may_mail=still_theirs_to_see,
    )
)
declare(
    Kind(
        name="help_solved",
        label="Solutions of requests I responded to",
        title=solved,
        icon="check2-circle",
        tone="fern",
        may_mail=still_theirs_to_see,
    )
)
declare(
    Kind(
        name="help_assigned",
        label="Help requests I am asked to take care of",
        title="{by} asks you to take care of a help request",
        icon="person-check",
        tone="honey",
        email_default=True,
        push_default=True,
        may_mail=still_wanted,
    )
)
declare(
    Kind(
        name="help_taken",
        label="Helpers who take my help requests",
        title="{by} takes care of your help request",
        icon="person-check",
        tone="fern",
        push_default=True,
        may_mail=still_theirs_to_see,
    )
)
