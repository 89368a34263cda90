"""Structured logs: one line an event, JSON in production, with the request's id."""

import structlog

from .env import PRODUCTION, TEST

SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
]
# The console renderer writes tracebacks itself; JSON would only name their objects.
RENDERERS: list[structlog.typing.Processor] = (
    [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    if PRODUCTION
    else [structlog.dev.ConsoleRenderer(colors=False)]
)

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *RENDERERS],
            "foreign_pre_chain": SHARED,
        }
    },
    "filters": {"quiet_heartbeat": {"()": "peerloop.operations.logs.QuietHeartbeat"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["quiet_heartbeat"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING" if TEST else "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "daphne": {"level": "WARNING"}},
}
