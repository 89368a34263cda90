"""The one place that reads the environment. A missing or malformed value stops the start with its name."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parents[2]
MODES = ("development", "test", "production")

env = environ.Env()
MODE = env.str("PEERLOOP_MODE", "development")
if MODE not in MODES:
    raise ImproperlyConfigured(f"PEERLOOP_MODE is {MODE!r}; it must be one of {', '.join(MODES)}.")
DEVELOPMENT, TEST, PRODUCTION = (mode == MODE for mode in MODES)

VAR = Path(env.str("PEERLOOP_VAR", str(BASE_DIR / "var"))).resolve()
VAR.mkdir(parents=True, exist_ok=True)


def as_given(name: str, default: str = "") -> str:
    """`name` to the letter: a secret may begin with `$`, which environ takes for the name of another variable."""
    return str(env.ENVIRON.get(name, default))


def required_in_production(name: str, default: str) -> str:
    """`name` from the environment; outside production it may be absent."""
    if PRODUCTION and name not in env.ENVIRON:
        raise ImproperlyConfigured(f"{name} is not set. In production it must be; see docs/operating.md.")
    return as_given(name, default)


def kept_secret(name: str) -> str:
    """A secret made on the first start and kept in `var/`, so that sessions survive a restart."""
    path = VAR / name
    if not path.exists():
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text()


def secret_key() -> str:
    """The signing key: from the environment, which production demands; else a kept one."""
    key = required_in_production("SECRET_KEY", "")
    return key or kept_secret("secret_key")
