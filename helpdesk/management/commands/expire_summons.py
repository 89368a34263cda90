from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.summons.services.calling import expire_due


class Command(BaseCommand):
    help = "Closes every summons that nobody accepted in time. The worker's sweep does the same; again does nothing."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Closed: {expire_due()}")
