"""What the site holds about one person, as files they can take along.

Each app above declares its part in its own exports.py, imported in `ready()`:
`exports.add("messages", Export(rows=..., files=...))`.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.fields.files import FieldFile

from peerloop.core.registry import Registry

from .models import User

Rows = Iterable[Mapping[str, Any]]
IN_MEMORY = 4 * 1024 * 1024


def nothing(user: User) -> Iterable[FieldFile]:
    return ()


@dataclass(frozen=True)
class Export:
    """`rows(user)` become one JSON file; `files(user)` are the uploads that go with them."""

    rows: Callable[[User], Rows]
    files: Callable[[User], Iterable[FieldFile]] = nothing


exports: Registry[Export] = Registry("export")


def write_archive(user: User) -> IO[bytes]:
    """A zip with one JSON file per declared export and a folder of its uploads; the caller closes it."""
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, export in exports:
            _write_rows(bundle, name, export.rows(user))
            for file in export.files(user):
                _write_file(bundle, name, file)
    archive.seek(0)
    return archive


def _write_rows(bundle: zipfile.ZipFile, name: str, rows: Rows) -> None:
    # Row by row: a person's ten thousand messages need not be in memory at once.
    with bundle.open(f"{name}.json", "w") as out:
        out.write(b"[")
        for number, row in enumerate(rows):
            text = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            out.write((",\n" if number else "\n").encode() + text.encode())
        out.write(b"\n]\n")


def _write_file(bundle: zipfile.ZipFile, name: str, file: FieldFile) -> None:
    path = file.name or ""
    if not file.storage.exists(path):  # a lost picture must not cost somebody their whole archive
        return
    with file.open("rb") as source, bundle.open(f"{name}/{PurePosixPath(path).name}", "w") as out:
        for chunk in source.chunks():
            out.write(chunk)


def _profile(user: User) -> Rows:
    fields = ("id", "username", "name", "email", "bio", "time_zone", "role", "created_at", "last_login", "last_seen_at")
    yield {name: getattr(user, name) for name in fields}


def _addresses(user: User) -> Rows:
    yield from EmailAddress.objects.filter(user=user).values("email", "verified", "primary")


def _sessions(user: User) -> Rows:
    yield from UserSession.objects.filter(user=user).values("created_at", "last_seen_at", "ip", "user_agent")


exports.add("profile", Export(_profile, files=lambda user: [user.avatar] if user.avatar else []))
exports.add("email-addresses", Export(_addresses))
exports.add("sessions", Export(_sessions))
