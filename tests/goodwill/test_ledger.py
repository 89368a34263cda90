"""What was booked stays booked, and a ledger that does not add up is found out."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from goodwill import queries
from goodwill.models import Account, Entry, Transaction
from peerloop.core.entities.errors import AppendOnly


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("model", [Transaction, Entry])
def test_no_code_changes_or_removes_a_booked_row(ada, ben, award, model):
    award(ada, ben)
    row = model.objects.first()
    for attempt in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(id=uuid4())):
        with pytest.raises(AppendOnly):
            attempt()
    assert model.objects.count() == {Transaction: 3, Entry: 6}[model]


@pytest.mark.parametrize(("table", "column"), [("goodwill_transactions", "points"), ("goodwill_entries", "amount")])
def test_the_database_itself_refuses_to_change_a_booked_row(ada, table, column):
    with pytest.raises(IntegrityError, match=r"What was booked stays booked\."), transaction.atomic():
        sql(f"UPDATE {table} SET {column} = 1000")  # noqa: S608 - names of our own
    assert Entry.objects.filter(account__user=ada).get().amount == 50


def test_postgresql_refuses_to_remove_a_booked_row_and_on_sqlite_the_audit_finds_it(ada):
    entry = Entry.objects.get(account__user=ada)
    removal = "DELETE FROM goodwill_entries WHERE id = %s"
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError, match=r"What was booked stays booked\."), transaction.atomic():
            sql(removal, entry.pk)
        return
    sql(removal, entry.pk.hex)
    booked = entry.transaction_id
    assert audit() == (
        1,
        [
            "The balance of Ada Lind is 50, its entries come to 0.",
            f"Transaction {booked} is not one entry out and one in.",
        ],
    )


def test_the_database_itself_refuses_a_balance_below_zero(ada):
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(user=ada).update(balance=-1)


def test_there_is_one_issuing_account(ada):
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(user=ada).update(issues=True)


def audit():
    out, err = StringIO(), StringIO()
    try:
        call_command("audit_goodwill", stdout=out, stderr=err)
    except SystemExit as end:
        return end.code, err.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def test_a_ledger_that_adds_up_passes_the_audit(ada, ben, award):
    award(ada, ben)
    assert audit() == (0, ["3 accounts and 3 transactions add up."])
    assert Account.objects.aggregate(total=Sum("balance"))["total"] == 0


def test_the_audit_finds_a_balance_that_is_not_the_sum_of_its_entries(ada, ben):
    Account.objects.filter(user=ben).update(balance=2000)
    assert audit() == (
        1,
        [
            "The balance of Ben Okoro is 2000, its entries come to 50.",
            "All balances together come to 1950 instead of 0.",
        ],
    )


def test_the_audit_finds_a_person_without_account(ada):
    type(ada).objects.bulk_create([type(ada)(username="late", email="late@example.com", name="Late Comer")])
    assert audit() == (1, ["The account of Late Comer is missing."])


def test_the_audit_finds_a_transaction_without_its_two_entries(ada, ben):
    alone = Transaction.objects.create(from_user=ada, to_user=ben, points=5, reason="thanks", reference_id=uuid4())
    assert audit() == (1, [f"Transaction {alone.pk} is not one entry out and one in."])


def test_the_audit_finds_entries_on_the_wrong_accounts(ada, ben, mei):
    wrong = Transaction.objects.create(from_user=ada, to_user=ben, points=5, reason="thanks", reference_id=uuid4())
    for person, amount in ((ada, -5), (mei, 5)):
        account = Account.objects.get(user=person)
        Entry.objects.create(transaction=wrong, account=account, amount=amount)
        Account.objects.filter(pk=account.pk).update(balance=50 + amount)
    assert audit() == (1, [f"Transaction {wrong.pk} is not one entry out and one in."])


def test_history_is_paged_without_loss_and_each_line_has_the_balance_after_it(ada, ben, award, monkeypatch):
    monkeypatch.setattr(queries, "LINES", 4)
    for points in range(1, 11):
        award(ben, ada, 1) if points % 2 else award(ada, ben, points)
    account, lines, before = Account.objects.get(user=ada), [], None
    while True:
        page = queries.history(account, before=before)
        lines += [(line.amount, line.balance) for line in page.lines]
        before = page.older
        if before is None:
            break
    amounts = [50, 1, -2, 1, -4, 1, -6, 1, -8, 1, -10]
    assert lines == [(amount, sum(amounts[: place + 1])) for place, amount in enumerate(amounts)][::-1]
