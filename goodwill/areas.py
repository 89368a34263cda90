"""What people know about: a category, and within it a subcategory if one is named."""

from typing import NamedTuple


class Area(NamedTuple):
    """Compared by value. Without a subcategory it is the category at large, which counts as an area of its own."""

    category: str
    subcategory: str = ""

    @classmethod
    def of(cls, category: str, subcategory: str = "") -> "Area":
        return cls(category, tidy(subcategory))


def tidy(subcategory: str) -> str:
    """Small letters and single spaces, so that "Dry  Brushing" and "dry brushing" are one."""
    return " ".join(subcategory.split()).lower()
