from typing import Any

from django.core.management.base import BaseCommand

from peerloop.core.uploads.services import sweep_unattached


class Command(BaseCommand):
    help = "Delete pictures that were uploaded and attached to nothing within a day. Beat does the same every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        while swept := sweep_unattached():
            count += swept
        self.stdout.write(f"{count} swept")
