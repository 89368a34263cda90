"""`python -m peerloop.supervisor`: run this checkout until Ctrl-C."""

import os
import sys

from peerloop.supervisor.checkout import ROOT, Checkout, check_port, only_one
from peerloop.supervisor.console import Console
from peerloop.supervisor.problems import Problem
from peerloop.supervisor.programs import healthy, programs
from peerloop.supervisor.supervisor import Stop, Supervisor

WELCOME = """
PeerLoop runs at {address}
{accounts}Ctrl-C stops everything.
"""
ACCOUNTS = """Sign in as one of these, password "peerloop":
  ada@example.com    a student            ben@example.com    a Student-Teacher
  mei@example.com    a mentor             sam@example.com    a support agent
  root@example.com   staff                oskar@example.com  enrolled nowhere
"""


def main() -> int:
    """Return the exit code: 0 after an asked-for stop, 1 with a printed reason otherwise."""
    console = Console()
    try:
        checkout = Checkout.from_environment(os.environ)
        with only_one(checkout):
            check_port(checkout.port)
            run(checkout, console)
    except Problem as problem:
        console.say(str(problem))
        return 1
    except Stop:
        console.say("Stopped.")
    return 0


def run(checkout: Checkout, console: Console) -> None:
    """Start everything, say so once the site answers, and keep it up. Raises `Problem` or `Stop`, all ended by then."""
    os.chdir(ROOT)
    # The programs learn everything but their port from the environment, so that settings alone say what it means.
    os.environ.update(PEERLOOP_VAR=str(checkout.var), REDIS_URL=checkout.redis_url)
    with Supervisor(console) as supervisor:
        console.say("Starting …")
        supervisor.start(programs(checkout))
        supervisor.wait_for(lambda: healthy(checkout.port))
        console.say(WELCOME.format(address=checkout.address, accounts=ACCOUNTS if checkout.development else ""))
        supervisor.wait_for(lambda: False)


if __name__ == "__main__":
    sys.exit(main())
