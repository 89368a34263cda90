from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.errors import BrokenFolder
from courses.folders import read_folder
from courses.models import Module
from courses.services import import_course
from peerloop.core.accounts.services import system


class Command(BaseCommand):
    help = (
        "Makes or updates the course with the slug of FOLDER/course.md. Repeating it changes nothing. "
        "Progress is kept. A broken folder changes nothing either."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            done = import_course(folder=read_folder(folder), by=system())
        except BrokenFolder as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"{done.course}: {'new' if done.new else 'updated'} ({done.course.slug}).")
        self.tell("Added", done.added)
        self.tell("Changed", done.changed)
        self.tell("Not in the folder any more, moved to the end", done.kept)
        if not (done.added or done.changed):
            self.stdout.write("No module differed.")

    def tell(self, what: str, modules: list[Module]) -> None:
        if modules:
            self.stdout.write(f"{what}: {', '.join(module.slug for module in modules)}.")
