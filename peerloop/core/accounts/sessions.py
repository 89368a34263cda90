"""Who is signed in, kept in the database and remembered by the cache."""

from typing import Any

from django.contrib.sessions.backends import cached_db
from redis.exceptions import RedisError


class SessionStore(cached_db.SessionStore):
    """While the cache is away the database alone is asked; Django's own would read it and then fail to remember."""

    def load(self) -> dict[str, Any]:
        try:
            return super().load()
        except RedisError:
            stored = self._get_session_from_db()  # type: ignore[attr-defined]
            return self.decode(stored.session_data) if stored else {}
