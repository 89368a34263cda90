"""What is left out of the log."""

import logging

HEARTBEAT = "peerloop.operations.tasks.heartbeat"


class QuietHeartbeat(logging.Filter):
    """Leaves out that the worker gave its sign of life, three lines every 15 seconds; that it failed to stays in."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.INFO or HEARTBEAT not in record.getMessage()
