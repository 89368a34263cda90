"""How the database is emptied after a test with real transactions.

Types and permissions are the same after each, so they stay. On PostgreSQL rows are removed, not tables truncated, which
would write new files for each table and each index: a second instead of some milliseconds.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models.signals import post_migrate

KEPT = {"django_content_type", "auth_permission"}


def empty_quickly() -> None:
    """From the migrated database on, empty it in this way."""
    post_migrate.disconnect(create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    post_migrate.connect(forget_types)
    sql = removing_rows if connection.vendor == "postgresql" and is_superuser() else connection.ops.sql_flush
    connection.ops.sql_flush = but_what_is_kept(sql)


def forget_types(**about: Any) -> None:
    """What a test looked up in a transaction that was rolled back may not be there."""
    ContentType.objects.clear_cache()


def is_superuser() -> bool:
    """Nobody else may switch off for a moment the triggers that guard what was booked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return cursor.fetchone()[0]


def but_what_is_kept(sql: Callable[..., list[str]]) -> Callable[..., list[str]]:
    def flush(style: Any, tables: list[str], **options: bool) -> list[str]:
        return sql(style, [each for each in tables if each not in KEPT], **options)

    return flush


def removing_rows(style: Any, tables: list[str], **options: bool) -> list[str]:
    """As truncating does, it waits for whoever is still writing."""
    names = [connection.ops.quote_name(each) for each in tables]
    return [
        f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE",
        "SET LOCAL session_replication_role = replica",
        "; ".join(f"DELETE FROM {each}" for each in names),  # noqa: S608 - the names are our own
    ]
