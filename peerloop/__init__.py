"""The project: settings, the entrances (urls, api, asgi), the core, and the pages that compose several domains."""

from .celery import app as celery_app

__all__ = ["celery_app"]
