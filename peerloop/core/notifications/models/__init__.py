from .choices import OptOut, Preference
from .digests import Digest, DigestPlan
from .notices import NAMELESS, Notification, NotificationQuerySet

__all__ = ["NAMELESS", "Digest", "DigestPlan", "Notification", "NotificationQuerySet", "OptOut", "Preference"]
