"""PostgreSQL and Redis as the run borrows them: own databases, own Redis number, and whose CPU is whose."""

import os
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

from bench.measure import Usage, cpu_ms, parent_of

DATABASE_SERVER = os.environ.get("BENCH_DATABASE_URL", "postgresql://root@127.0.0.1:5432")
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/9")
PREFIX = "peerloop_bench_"
_MARK = "peerloop-bench"
_LOCK = 7_366_573


class StoreUnavailable(Exception):
    """PostgreSQL or Redis cannot be used for a run; the text says why and what to do."""


def database_url(name: str) -> str:
    return f"{DATABASE_SERVER}/{PREFIX}{name}"


class Stores:
    """Both stores for the length of one run; use as a context manager. Leaves nothing behind."""

    def __init__(self, database_names: list[str]) -> None:
        self._databases = [PREFIX + name for name in database_names]

    def __enter__(self) -> "Stores":
        self._open_redis()
        self._open_postgres()
        return self

    def __exit__(self, *exc_info: object) -> None:
        for name in self._databases:
            self._drop(name)
        self._postgres.close()
        self._redis.flushdb()
        self._redis.close()

    def usage(self, app_pids: list[int], *, stored: bool) -> Usage:
        """CPU so far; that of the stores, without backends on other databases, if the contestant uses them."""
        if not stored:
            return Usage(app=cpu_ms(app_pids))
        rows = self._postgres.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL AND NOT datname = ANY(%s)", [self._databases]
        )
        foreign = {pid for (pid,) in rows.fetchall()}
        return Usage(
            app=cpu_ms(app_pids), redis=cpu_ms([self._redis_pid]), postgres=cpu_ms([self._postmaster], without=foreign)
        )

    def foreign_commits(self) -> int:
        """Transactions so far in other databases: charged to nobody's row, but a disturbance to all."""
        row = self._postgres.execute(
            "SELECT coalesce(sum(xact_commit), 0)::bigint FROM pg_stat_database"
            " WHERE datname NOT IN ('postgres', 'template1') AND NOT datname = ANY(%s)",
            [self._databases],
        ).fetchone()
        return row[0] if row else 0

    def describe(self) -> str:
        version = self._redis.info("server")["redis_version"]
        return f"PostgreSQL {self._postgres.info.parameter_status('server_version')}, Redis {version}"

    def _open_postgres(self) -> None:
        try:
            self._postgres = psycopg.connect(f"{DATABASE_SERVER}/postgres", autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            raise StoreUnavailable(
                f"PostgreSQL does not answer at {_address(DATABASE_SERVER)}: start it, or name another in"
                f" BENCH_DATABASE_URL. ({str(error).splitlines()[0]})"
            ) from error
        locked = self._postgres.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()
        if locked != (True,):
            raise StoreUnavailable(
                "Another benchmark runs on this PostgreSQL: their CPU would be charged to each other."
            )
        self._postmaster = _local_parent(self._postgres.info.backend_pid)
        for name in self._databases:
            self._drop(name)
            self._postgres.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _open_redis(self) -> None:
        self._redis = redis.Redis.from_url(REDIS_URL, decode_responses=True)
        try:
            self._redis_pid = int(self._redis.info("server")["process_id"])
        except redis.RedisError as error:
            raise StoreUnavailable(
                f"Redis does not answer at {_address(REDIS_URL)}: start it, or name another in BENCH_REDIS_URL."
                f" ({error})"
            ) from error
        # A run that was killed leaves its mark, so its leavings may be thrown away; anybody else's data may not.
        if self._redis.dbsize() and not self._redis.exists(_MARK):
            raise StoreUnavailable(
                f"The Redis database {REDIS_URL} is not empty: name an empty one in BENCH_REDIS_URL."
            )
        self._redis.flushdb()
        self._redis.set(_MARK, 1)

    def _drop(self, name: str) -> None:
        self._postgres.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _local_parent(pid: int) -> int:
    try:
        return parent_of(pid)
    except FileNotFoundError as error:
        raise StoreUnavailable("PostgreSQL must run on this machine: its CPU is read from /proc.") from error


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"
