"""The words of requests and responses on SQLite: FTS5 tables that triggers keep.

When a migration alters a table, SQLite builds it anew and its triggers go with the old one. So they are looked for
after every migrate, and where one is missing the words are read anew. On PostgreSQL a generated column does all this.
"""

from typing import Any

from django.db import connections

TEXTS = {
    "help_requests": ("title", "subcategory", "description"),
    "help_responses": ("response_text",),
}
TABLE = "CREATE VIRTUAL TABLE IF NOT EXISTS {table}_words USING fts5(id, words, tokenize='porter unicode61')"
# An id is one word of its own column, so that its row is found without reading all.
TRIGGERS = {
    "added": "AFTER INSERT ON {table} BEGIN INSERT INTO {table}_words (id, words) VALUES (new.id, {text}); END",
    "changed": """AFTER UPDATE OF {columns} ON {table} BEGIN UPDATE {table}_words SET words = {text}
        WHERE rowid IN (SELECT rowid FROM {table}_words WHERE id MATCH '"' || old.id || '"'); END""",
    "removed": """AFTER DELETE ON {table} BEGIN DELETE FROM {table}_words
        WHERE rowid IN (SELECT rowid FROM {table}_words WHERE id MATCH '"' || old.id || '"'); END""",
}
MISSING = "SELECT COUNT(*) < 3 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND name LIKE %s"


def keep_words(using: str, **about: Any) -> None:
    """After migrating: whatever of it is missing is made. Again changes nothing."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, columns in TEXTS.items():
            cursor.execute(MISSING, [table, f"{table}_words_%"])
            if table in there and cursor.fetchone()[0]:
                _make(cursor, table, columns)


def _make(cursor: Any, table: str, columns: tuple[str, ...]) -> None:
    cursor.execute(TABLE.format(table=table))
    for name, body in TRIGGERS.items():
        text = " || ' ' || ".join(f"new.{column}" for column in columns)
        filled = body.format(table=table, columns=", ".join(columns), text=text)
        cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {table}_words_{name} {filled}")
    texts = " || ' ' || ".join(columns)
    cursor.execute(f"DELETE FROM {table}_words")  # noqa: S608 - names of ours
    cursor.execute(f"INSERT INTO {table}_words (id, words) SELECT id, {texts} FROM {table}")  # noqa: S608 - names of ours
