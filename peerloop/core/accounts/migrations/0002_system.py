from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import migrations

SYSTEM_ID = UUID("00000000-0000-7000-8000-000000000001")


def make_system(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    User.objects.get_or_create(
        pk=SYSTEM_ID,
        defaults={
            "username": "peerloop",
            "email": "system@peerloop.invalid",
            "name": "PeerLoop",
            "password": make_password(None),
            "is_active": False,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(make_system, migrations.RunPython.noop)]
