"""The verbs of notifications: telling, reading, choosing, and the daily mail."""

from .choosing import forget, opt_out, replan, set_preferences
from .digests import gather_due_digests, send_digest, send_due_digests
from .reading import mark_all_read, mark_as_read
from .telling import notify, withdraw

__all__ = [
    "forget",
    "gather_due_digests",
    "mark_all_read",
    "mark_as_read",
    "notify",
    "opt_out",
    "replan",
    "send_digest",
    "send_due_digests",
    "set_preferences",
    "withdraw",
]
