"""The log as a machine reads it in production, and what is kept out of it."""

import json
import logging
import os
import subprocess
import sys

from peerloop.operations.logs import QuietHeartbeat

PROGRAM = """
import django, structlog
django.setup()
structlog.contextvars.bind_contextvars(request_id="edge-1234")
try:
    {}["missing"]
except KeyError:
    structlog.get_logger("chat.services").exception("post_failed", room=7)
"""
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "peerloop.settings",
    "PEERLOOP_MODE": "production",
    "SECRET_KEY": "a" * 50,
    "ALLOWED_HOSTS": "peerloop.example",
    "DATABASE_URL": "postgres://peerloop@127.0.0.1/peerloop",
    "REDIS_URL": "redis://127.0.0.1/0",
}


def test_in_production_a_failure_is_one_json_line_with_its_request_and_its_traceback():
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, **PRODUCTION}, capture_output=True, text=True, check=True
    )
    line = json.loads(run.stderr)
    assert (line["event"], line["level"], line["logger"], line["request_id"], line["room"]) == (
        "post_failed",
        "error",
        "chat.services",
        "edge-1234",
        7,
    )
    assert line["exception"].endswith("KeyError: 'missing'")


def record(level: int, text: str) -> logging.LogRecord:
    return logging.LogRecord(
        "celery.app.trace", level, __file__, 1, "Task %s " + text, ("peerloop.operations.tasks.heartbeat",), None
    )


def test_the_sign_of_life_is_quiet_and_its_failure_is_not():
    assert QuietHeartbeat().filter(record(logging.INFO, "succeeded")) is False
    assert QuietHeartbeat().filter(record(logging.ERROR, "raised")) is True
