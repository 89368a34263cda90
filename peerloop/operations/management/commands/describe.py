from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from peerloop.operations import catalogues


class Command(BaseCommand):
    help = "Writes docs/events.md, errors.md, notices.md and openapi.json from the code, and prints what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if a document is stale")

    def handle(self, *, check: bool, **options: Any) -> None:
        documents = catalogues.written()
        stale = [path for path, text in documents.items() if not path.exists() or path.read_text() != text]
        names = ", ".join(f"docs/{path.name}" for path in stale)
        if check and stale:
            raise CommandError(f"Stale: {names}. Run manage.py describe and commit what it writes.")
        for path in stale:
            path.write_text(documents[path])
        self.stdout.write(f"Written: {names}." if stale else "Every generated document is up to date.")
