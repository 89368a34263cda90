"""The ids of fragments: one way to name them for pages, swaps, broadcasts and tests."""

from django.db.models import Model


def dom_id(thing: Model, prefix: str = "") -> str:
    """`message-0192…` for a message, `actions-message-0192…` for its piece "actions"."""
    name = f"{thing._meta.model_name}-{thing.pk}"
    return f"{prefix}-{name}" if prefix else name
