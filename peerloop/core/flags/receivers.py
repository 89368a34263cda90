"""Rows for declared features, and answers that are void once a flag changed."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from peerloop.core.redis import shared

from .features import features
from .memory import memory
from .models import Flag
from .permissions import GENERATION


def make_rows(**kwargs: Any) -> None:
    """Staff see and switch every declared feature; a row that exists is left as it is."""
    for name, _ in features:
        Flag.objects.get_or_create(name=name)


@receiver([post_save, post_delete], sender=Flag)
@receiver(m2m_changed, sender=Flag.people.through)
@receiver(m2m_changed, sender=Flag.groups.through)
def forget_answers(**kwargs: Any) -> None:
    memory.forget()
    transaction.on_commit(_forget)


def _forget() -> None:
    """Again, for whoever read between the change and its commit."""
    shared.set(GENERATION, uuid4().hex, None)
    memory.forget()
