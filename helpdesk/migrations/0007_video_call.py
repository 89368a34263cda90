from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("helpdesk", "0006_expected_wait")]

    operations = [
        migrations.AddField(
            model_name="helpsession",
            name="video_started_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
