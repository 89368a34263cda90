"""CPU is charged to whom it belongs, also after a process has ended."""

import os
import subprocess
import sys

import pytest

from bench.measure import cpu_ms, memory_kib, parent_of

BUSY = "import time; until = time.process_time() + 0.2\nwhile time.process_time() < until: pass"


def test_a_child_counts_for_its_parent_while_it_runs_and_after_it_ended():
    before = cpu_ms([os.getpid()])
    child = subprocess.Popen([sys.executable, "-c", f"{BUSY}\nprint(flush=True); input()"], stdin=-1, stdout=-1)
    child.stdout.readline()
    running = cpu_ms([os.getpid()]) - before
    without = cpu_ms([os.getpid()], without=[child.pid]) - before
    child.communicate(b"\n")
    ended = cpu_ms([os.getpid()]) - before
    assert running > 200 > without
    assert ended > 190


def test_memory_is_that_of_the_tree():
    alone = memory_kib([os.getpid()])
    hoard = "hoard = b'x' * 30_000_000; print(flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", hoard], stdin=-1, stdout=-1)
    child.stdout.readline()
    grown = memory_kib([os.getpid()]) - alone
    child.communicate(b"\n")
    assert 29_000 < grown < 60_000


def test_the_parent_of_a_process_is_known_and_that_of_nobody_is_refused():
    assert parent_of(os.getpid()) == os.getppid()
    with pytest.raises(FileNotFoundError):
        parent_of(2**22 + 1)
