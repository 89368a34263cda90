"""What is started, in order: Valkey, the database's set-up, web, worker, beat."""

import hashlib
import http.client
import sys
from pathlib import Path
from signal import SIGKILL

from peerloop.supervisor import embedded
from peerloop.supervisor.checkout import Checkout
from peerloop.supervisor.children import Job, Program, Service
from peerloop.supervisor.problems import Problem

MANAGE = [sys.executable, "manage.py"]
CELERY = [sys.executable, "-m", "celery", "-A", "peerloop", "--quiet"]
QUEUES = ["-Q", "live,push,mail,money,bulk", "--concurrency", "2", "--without-gossip", "--without-mingle"]


def programs(checkout: Checkout) -> list[Program]:
    """Return every program of this checkout. Raises `Problem` when an embedded Valkey is needed and cannot be had."""
    return [
        *([valkey(checkout)] if checkout.embedded else []),
        Job("setup", [*MANAGE, "migrate", "--verbosity", "0"]),
        *demo_data(checkout),
        # Daphne may hang on TERM while a socket is open, and it holds the port: orphaned, it goes at once.
        Service("web", [*MANAGE, "serve", "--port", str(checkout.port)], orphaned=SIGKILL),
        Service("worker", [*CELERY, "worker", *QUEUES]),
        Service("beat", [*CELERY, "beat", "--pidfile=", "--schedule", str(checkout.var / "celerybeat-schedule")]),
    ]


def valkey(checkout: Checkout) -> Service:
    """Return the embedded server; raise `Problem` when another one still answers on its socket."""
    socket_file = embedded.socket_path(checkout.var)
    if not embedded.silent(socket_file):
        raise Problem(f"Another server still answers on {socket_file}. End it first.")
    command = embedded.command(socket_file, checkout.var / "valkey")
    # Its advice about the kernel's memory settings is for servers; here it would only frighten.
    return Service("valkey", command, unsaid="Memory overcommit", ready=lambda: embedded.answers(socket_file))


def demo_data(checkout: Checkout) -> list[Job]:
    """Return the job that fills the database: in development only, and only once for each database."""
    stamp = seeded_stamp(checkout.var, checkout.database_url)
    if not checkout.development or stamp.exists():
        return []
    return [Job("setup", [*MANAGE, "seed_demo"], done=stamp.touch)]


def seeded_stamp(var: Path, database_url: str = "") -> Path:
    """Return the file that says this database (none named: the one in `var`) has its demo data."""
    digest = hashlib.sha256(database_url.encode()).hexdigest()[:12]
    return var / f"seeded-{digest}"


def healthy(port: int) -> bool:
    """Tell whether the site answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
