"""Settings by subject. Each module is short; only `env` reads the environment."""

from .accounts import *  # noqa: F403
from .apps import *  # noqa: F403
from .calls import *  # noqa: F403
from .data import *  # noqa: F403
from .jobs import *  # noqa: F403
from .logs import *  # noqa: F403
from .payments import *  # noqa: F403
from .product import PEERLOOP as PEERLOOP
from .push import *  # noqa: F403
from .web import *  # noqa: F403
