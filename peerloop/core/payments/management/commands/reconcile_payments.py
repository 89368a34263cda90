import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peerloop.core.payments.errors import PaymentsOff
from peerloop.core.payments.services.reconciling import reconcile


class Command(BaseCommand):
    help = "Compares payments with the provider and repairs ours. Exit code 1 if something is left to look at."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="how far back finished payments are compared")

    def handle(self, *, days: int | None = None, **options: Any) -> None:
        try:
            report = reconcile(days=days)
        except PaymentsOff as refusal:
            raise CommandError(refusal.sentence) from None
        for line in report.repaired:
            self.stdout.write(f"Repaired {line}")
        for line in report.unresolved:
            self.stderr.write(f"Look at {line}")
        self.stdout.write(f"Compared: {report.compared}, repaired: {len(report.repaired)}")
        if report.unresolved:
            sys.exit(1)
