import sys
from typing import Any

from django.core.management.base import BaseCommand

from goodwill.models import Account, Transaction
from goodwill.queries import problems


class Command(BaseCommand):
    help = "Proves that every balance is the sum of its entries and that all balances come to 0. Exit code 1 if not."

    def handle(self, **options: Any) -> None:
        found = list(problems())
        for problem in found:
            self.stderr.write(problem)
        if found:
            sys.exit(1)
        self.stdout.write(f"{Account.objects.count()} accounts and {Transaction.objects.count()} transactions add up.")
