"""Ratings, the list by helpfulness, and on PostgreSQL the words of requests and responses (queries/search.py)."""

from django.db import migrations, models

WORDS = """
ALTER TABLE help_requests ADD COLUMN words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('english', title || ' ' || subcategory), 'A') || setweight(to_tsvector('english', description), 'B')
) STORED;
CREATE INDEX help_requests_words ON help_requests USING gin (words);
ALTER TABLE help_responses ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('english', response_text)) STORED;
CREATE INDEX help_responses_words ON help_responses USING gin (words);
"""
NO_WORDS = """
ALTER TABLE help_requests DROP COLUMN words;
ALTER TABLE help_responses DROP COLUMN words;
"""


def add_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(WORDS)


def drop_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NO_WORDS)


class Migration(migrations.Migration):

    dependencies = [
        ('helpdesk', '0010_requests'),
    ]

    operations = [
        migrations.AddField(
            model_name='helprequest',
            name='rating',
            field=models.PositiveSmallIntegerField(blank=True, help_text='1 to 5, by its requester, once the help is over', null=True),
        ),
        migrations.AddIndex(
            model_name='helprequest',
            index=models.Index(condition=models.Q(('amount', None)), fields=['helpful_count', 'id'], name='free_requests_by_help'),
        ),
        migrations.AddConstraint(
            model_name='helprequest',
            constraint=models.CheckConstraint(condition=models.Q(('rating', None), models.Q(('rating__gte', 1), ('rating__lte', 5)), _connector='OR'), name='ratings_are_1_to_5'),
        ),
        migrations.RunPython(add_words, drop_words),
    ]
