"""`python -m tests.supervisor.stage PLAY`: a supervisor, quick of temper, over the shell commands of a JSON list.

An item is `{"name", "shell"}`; with `"job": true` it must end well once, with `"ready": FILE` it is ready once FILE is.
"""

import json
import os
import sys
from pathlib import Path

from peerloop.supervisor.children import Job, Program, Service
from peerloop.supervisor.console import Console
from peerloop.supervisor.problems import Problem
from peerloop.supervisor.supervisor import Patience, Stop, Supervisor

QUICK = Patience(
    to_get_ready=2,
    to_end=1.5,
    first_pause=0.1,
    longest_pause=0.2,
    quick=float(os.environ.get("QUICK", "5")),
    quick_crashes=3,
)


def program(item: dict) -> Program:
    command = ["sh", "-c", item["shell"]]
    if item.get("job"):
        return Job(item["name"], command)
    ready = Path(item["ready"]).exists if "ready" in item else None
    return Service(item["name"], command, ready=ready, unsaid=item.get("unsaid"))


def main() -> int:
    console = Console()
    try:
        with Supervisor(console, QUICK) as supervisor:
            supervisor.start([program(item) for item in json.loads(sys.argv[1])])
            console.say("all up")
            supervisor.wait_for(lambda: False)
    except Problem as problem:
        console.say(str(problem))
        return 1
    except Stop:
        console.say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
