import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

# A page that is drawn in a thread hands the interpreter to the loop after so many seconds. Python's own 5 ms for each
# turn are more than a whole message takes.
SECONDS_OF_A_TURN = 0.0005


class Command(BaseCommand):
    help = (
        "Serves the site with Daphne until it is told to stop: pages and sockets from one process. Sockets are written "
        "to directly, which halves the cost of a message to many. Several processes may share one database and Redis."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, host: str, port: int, **options: Any) -> None:
        # Importing Daphne's server chooses the event loop of the process; other commands must not do that.
        from peerloop.asgi import application
        from peerloop.core.realtime.daphne import serve

        sys.setswitchinterval(SECONDS_OF_A_TURN)
        serve(application, host=host, port=port)
