"""Where things are kept: database, Redis (bus, cache, broker), files."""

from peerloop.supervisor.embedded import socket_path

from .env import BASE_DIR, PRODUCTION, TEST, VAR, env, required_in_production

SQLITE_OPTIONS = {
    "timeout": 20,
    # Every atomic block takes the write lock at its start: readers that turn writers never meet "database is locked".
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;"
    "PRAGMA journal_size_limit=27103364",
}

database = env.db_url_config(required_in_production("DATABASE_URL", f"sqlite:///{VAR / 'peerloop.sqlite3'}"))
if database["ENGINE"].endswith("sqlite3"):
    database["OPTIONS"] = SQLITE_OPTIONS
    # Threads and browsers of one test run share a database only if it is a file.
    database["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
elif not TEST:
    # A pool instead of a connection per request: opening one costs more than most pages.
    # Who gets none within 5 seconds fails, and the server stays able to answer.
    database["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 5},
        # The plain statements of peerloop.core.entities.rows stay prepared from the second time on.
        "prepare_threshold": 1,
    }
DATABASES = {"default": database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required_in_production("REDIS_URL", f"unix://{socket_path(VAR)}")
BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py's own default time-out of 5 seconds would close idle sockets.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 30}], "prefix": "pl"},
    }
}
_in_redis = {"LOCATION": REDIS_URL, "KEY_PREFIX": "pl"}
CACHES = {
    # The one that allauth counts with.
    "default": {"BACKEND": "peerloop.core.redis.caches.CountingCache", "TABLE": "counted_attempts", **_in_redis},
    "shared": {"BACKEND": "peerloop.core.redis.caches.SharedCache", **_in_redis},
    "sessions": {"BACKEND": "peerloop.core.redis.caches.SessionCache", **_in_redis},
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "peerloop.core.markup.static.HashedFiles"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "media/"
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
# Only production collects files here; WhiteNoise warns if the folder is missing.
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
