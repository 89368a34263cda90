import subprocess
import tarfile
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from peerloop.core.markup.icons import write_sprite

PACKAGE = "bootstrap-icons@1.13.2"


class Command(BaseCommand):
    help = "Writes static/ui/icons.svg with the icons that templates, scripts and Python name. Fetches them with npm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", type=Path, help="folder with the SVG files of bootstrap-icons, instead of npm")

    def handle(self, *, source: Path | None, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as folder:
            count = write_sprite(source or _fetch(Path(folder)))
        self.stdout.write(f"The sprite holds {count} icons.")


def _fetch(folder: Path) -> Path:
    packed = subprocess.run(  # noqa: S603 - a fixed command
        ["npm", "pack", "--silent", PACKAGE],  # noqa: S607 - npm from PATH, as the person who updates has it
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "icons"
