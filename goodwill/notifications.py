"""The notice of a thank-you."""

from peerloop.core.notifications.kinds import Kind, declare

declare(
    Kind(
        name="points_received",
        label="Goodwill I receive",
        title="{by} gave you {points}",
        icon="award",
        tone="honey",
        email_default=False,
    )
)
