"""The supervisor over small shell commands: order, restarts, giving up, ending."""

import json
import os
import signal
import sys

import pytest

from tests.support.processes import needs_proc, running, wait_until

pytestmark = [pytest.mark.processes, needs_proc]


@pytest.fixture
def stage():
    """`stage(item, …)` is a supervisor over these programs; see `tests.supervisor.stage`."""

    def play(*items: dict, **environment: str):
        return running([sys.executable, "-m", "tests.supervisor.stage", json.dumps(items)], **environment)

    return play


def steady(name: str) -> dict:
    return {"name": name, "shell": f"echo {name} is up; exec sleep 60"}


def test_every_line_stands_behind_its_programs_name(stage):
    with stage(steady("web"), steady("worker")) as run:
        run.says("all up")
        run.says("worker is up")
        assert {"web      | web is up", "worker   | worker is up", "peerloop | all up"} == set(run.lines)


def test_a_service_waits_for_the_job_and_the_readiness_before_it(stage, tmp_path):
    ready = tmp_path / "ready"
    base = {
        "name": "valkey",
        "shell": f"sleep 0.5; echo valkey is ready; touch {ready}; exec sleep 60",
        "ready": str(ready),
    }
    job = {"name": "setup", "shell": "sleep 0.3; echo setup is done", "job": True}
    with stage(base, job, steady("web")) as run:
        run.says("web is up")
        assert [line.split("| ")[1] for line in run.lines if "all up" not in line] == [
            "valkey is ready",
            "setup is done",
            "web is up",
        ]


def test_what_never_gets_ready_ends_everything_with_its_reason(stage, tmp_path):
    with stage(steady("web"), {**steady("valkey"), "ready": str(tmp_path / "never")}) as run:
        assert run.exit_code() == 1
        assert run.lines[-1] == "peerloop | valkey did not get ready within 2 seconds."
        assert run.descendants() == {}


def test_a_failing_job_ends_everything_with_its_reason(stage):
    with stage(steady("web"), {"name": "setup", "shell": "echo no such table; exit 4", "job": True}) as run:
        assert run.exit_code() == 1
        assert "setup    | no such table" in run.lines
        assert (
            run.lines[-1] == "peerloop | sh -c echo no such table; exit 4 ended with code 4; its reason stands above."
        )
        assert run.descendants() == {}


def test_a_killed_service_is_started_again_and_the_others_stay(stage):
    with stage(steady("web"), {"name": "worker", "shell": "echo worker is up; exec sleep 61"}) as run:
        for name in ("web", "worker"):  # before it says so, its command line is not its own yet
            run.says(f"{name} is up")
        web, worker = run.find("sleep 60"), run.find("sleep 61")
        os.kill(web, signal.SIGKILL)
        run.says("web is up", times=2)
        assert "peerloop | web was killed by SIGKILL. Starting it again in 0.1 s." in run.lines
        assert run.find("sleep 60") != web
        assert run.find("sleep 61") == worker


def test_what_a_crashed_service_left_behind_is_killed_before_its_next_start(stage):
    with stage({"name": "worker", "shell": "sleep 77 & echo worker is up; exec sleep 60"}) as run:
        run.says("worker is up")
        left = run.find("sleep 77")
        os.kill(run.find("sleep 60"), signal.SIGKILL)
        run.says("worker is up", times=2)
        assert left not in run.descendants()


def test_a_service_that_crashes_again_and_again_ends_everything_with_its_last_words(stage):
    with stage(steady("web"), {"name": "worker", "shell": "echo cannot import peerloop; exit 3"}) as run:
        assert run.exit_code() == 1
        assert run.output.count("worker   | cannot import peerloop") == 3
        assert run.lines[-2:] == [
            "peerloop | worker ended with code 3, 3 times in a row soon after its start. Its last words:",
            "peerloop | cannot import peerloop",
        ]
        assert run.descendants() == {}


def test_crashes_far_apart_are_never_too_many(stage):
    with stage({"name": "web", "shell": "echo web is up; sleep 0.2; exit 3"}, QUICK="0.1") as run:
        run.says("web is up", times=5)
        assert run.process.poll() is None


def test_a_service_that_ends_by_itself_without_error_is_started_again_too(stage):
    with stage({"name": "beat", "shell": "echo beat is up; sleep 0.2"}, QUICK="0.1") as run:
        run.says("beat is up", times=2)
        assert "peerloop | beat ended with code 0. Starting it again in 0.1 s." in run.lines


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_asked_to_stop_it_ends_all_in_the_opposite_order_and_what_they_stand_on_last(stage, tmp_path, number):
    def polite(name: str) -> str:
        return f"trap 'echo {name} leaves; exit 0' TERM; touch {tmp_path}/{name}; while :; do sleep 0.02; done"

    base = {"name": "valkey", "shell": polite("valkey"), "ready": str(tmp_path / "valkey")}
    with stage(base, {"name": "web", "shell": polite("web")}, {"name": "beat", "shell": polite("beat")}) as run:
        run.says("all up")
        wait_until(lambda: (tmp_path / "web").exists() and (tmp_path / "beat").exists())
        run.send(number)
        assert run.exit_code() == 0
        said = [line.split("| ")[1] for line in run.lines]
        assert set(said[1:3]) == {"beat leaves", "web leaves"}
        assert said[3:] == ["valkey leaves", "Stopped."]
        assert run.descendants() == {}


def test_a_stop_during_a_job_ends_the_job_as_well(stage):
    with stage(steady("web"), {"name": "setup", "shell": "echo at work; sleep 60", "job": True}) as run:
        run.says("at work")
        run.send(signal.SIGTERM)
        assert run.exit_code() == 0
        assert run.descendants() == {}


def test_who_does_not_listen_is_killed_after_its_time(stage):
    with stage({"name": "web", "shell": "trap '' TERM; echo deaf; while :; do sleep 0.05; done"}) as run:
        run.says("deaf")
        run.send(signal.SIGTERM)
        assert run.exit_code() == 0
        assert run.lines[-2:] == ["peerloop | web did not end when asked to, and is killed.", "peerloop | Stopped."]
        assert run.descendants() == {}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed parent")
def test_when_the_supervisor_itself_is_killed_nothing_is_left(stage):
    with stage(steady("web"), steady("worker")) as run:
        run.says("worker is up")
        assert len(run.descendants()) == 2
        run.send(signal.SIGKILL)
        wait_until(lambda: run.descendants() == {}, seconds=5)


def test_unsaid_lines_are_not_shown(stage):
    with stage(
        {"name": "valkey", "shell": "echo Memory overcommit; echo hello; exec sleep 60", "unsaid": "overcommit"}
    ) as run:
        run.says("hello")
        assert "overcommit" not in run.output
