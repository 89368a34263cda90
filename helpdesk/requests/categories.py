"""What a request can be about. Others know these by their values."""

from django.db.models import TextChoices

# What stands for a category that nobody declared, or does not declare any more.
UNKNOWN_ICON = "house"


class Category(TextChoices):
    PAINTING = "painting", "Painting"
    MODELING = "modeling", "Modeling"
    GAMING = "gaming", "Gaming"
    GENERAL = "general", "General"

    @property
    def icon(self) -> str:
        """A name of Bootstrap Icons."""
        return ICONS[self]


ICONS = {
    Category.PAINTING: "brush",
    Category.MODELING: "tools",
    Category.GAMING: "dice-5",
    Category.GENERAL: "chat-left-text",
}


def label_of(value: str) -> str:
    """The category's label; empty for an unknown one."""
    return Category(value).label if value in Category else ""


def icon_of(value: str) -> str:
    return Category(value).icon if value in Category else UNKNOWN_ICON
