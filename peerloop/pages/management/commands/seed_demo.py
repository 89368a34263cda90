from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from peerloop.pages.demo import seeding


class Command(BaseCommand):
    help = (
        "Fills the site with a small community to look at: six accounts to sign in with, three courses, their talk. "
        "Repeating it changes nothing that is there. --scale N adds N more members with ten messages each."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, default=0, metavar="N")

    def handle(self, *, scale: int, **options: Any) -> None:
        counts = seeding.seed()
        self.stdout.write("The demonstration has " + ", ".join(f"{n} {what}" for what, n in counts.items()) + ".")
        if scale > 0:
            self.stdout.write(f"Added {seeding.scale(scale)} members with their talk.")
        self.stdout.write(f"Sign in as {', '.join(seeding.CAST)} @example.com with the password {seeding.PASSWORD!r}.")
