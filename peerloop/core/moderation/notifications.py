"""What moderation tells people about. Who decided stays among moderators."""

from peerloop.core.notifications.kinds import Kind, declare

WARNING = declare(
    Kind(
        name="warning",
        label="a moderator's warning",
        title="A moderator has a warning for you",
        icon="exclamation-circle",
        tone="clay",
        email_default=True,
    )
)
HIDDEN = declare(
    Kind(
        name="content_hidden",
        label="a moderator's decision to hide something of mine",
        title="A moderator hid something you wrote",
        icon="exclamation-circle",
        tone="clay",
    )
)
