"""The database itself refuses to change the timeline and the books of payments.

SQLite refuses changes but not removals: there the test runner empties tables row by row, where PostgreSQL truncates.
A removed row is still found, by `manage.py reconcile_payments`. When a later migration alters one of the tables, SQLite
builds it anew and the trigger goes with the old one: that migration must end with `guard`.
"""

from django.db import migrations

TABLES = ("payment_events", "payment_entries")
SQLITE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'What was booked stays booked.'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'What was booked stays booked.' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION payments_append_only()
"""


def guard(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    if not is_sqlite:
        schema_editor.execute(POSTGRES_FUNCTION)
    for table in TABLES:
        schema_editor.execute((SQLITE if is_sqlite else POSTGRES).format(table=table))


def unguard(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_append_only" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION payments_append_only()")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard, elidable=False)]
