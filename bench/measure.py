"""CPU and memory of process trees.

A living process tells its CPU by its clock, to the microsecond; /proc tells which processes there are, and what their
ended children used. Those count too: the naive peer ends one PostgreSQL backend per message and would look cheap.
"""

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Milliseconds of CPU by the three parties that serve a message."""

    app: float = 0.0
    redis: float = 0.0
    postgres: float = 0.0

    @property
    def total(self) -> float:
        return self.app + self.redis + self.postgres

    def __sub__(self, other: "Usage") -> "Usage":
        return Usage(self.app - other.app, self.redis - other.redis, self.postgres - other.postgres)


@dataclass(frozen=True)
class _Process:
    parent: int
    cpu_ms: float


def parent_of(pid: int) -> int:
    """The parent's pid. Raises FileNotFoundError when `pid` does not run on this machine."""
    return _read(pid).parent


def cpu_ms(roots: Collection[int], without: Collection[int] = ()) -> float:
    """CPU milliseconds so far of the trees under `roots`, leaving out the processes `without`."""
    processes = dict(_all_processes())
    return sum(processes[pid].cpu_ms for pid in _tree(roots, processes) if pid not in without)


def memory_kib(roots: Collection[int]) -> float:
    """Proportional resident memory of the trees under `roots`, in KiB."""
    processes = dict(_all_processes())
    return sum(_pss_kib(pid) for pid in _tree(roots, processes))


def queued_bytes(*, server_port: int, client_port: int) -> int:
    """What the kernel holds of a loopback connection's way to the client: sent but not taken over, or not yet read."""
    here, there = f":{server_port:04X}", f":{client_port:04X}"
    queued = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, remote, _, queues = line.split()[1:5]
        sending, receiving = (int(part, 16) for part in queues.split(":"))
        if local.endswith(here) and remote.endswith(there):
            queued += sending
        elif local.endswith(there) and remote.endswith(here):
            queued += receiving
    return queued


def _all_processes() -> Iterator[tuple[int, _Process]]:
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                yield int(entry.name), _read(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue


def _read(pid: int) -> _Process:
    # The command's name stands in parentheses and may itself hold spaces: count fields after the last one.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ended_children = (int(fields[13]) + int(fields[14])) * MS_PER_TICK
    return _Process(parent=int(fields[1]), cpu_ms=_clock_ms(pid) + ended_children)


def _clock_ms(pid: int) -> float:
    """What clock_getcpuclockid(3) would lead to; the stat file's own figures come in steps of 10 ms."""
    try:
        return time.clock_gettime((~pid << 3) | 2) * 1000
    except OSError as error:
        raise ProcessLookupError(pid) from error


def _tree(roots: Collection[int], processes: dict[int, _Process]) -> set[int]:
    found: set[int] = set()
    newest = {pid for pid in roots if pid in processes}
    while newest:
        found |= newest
        newest = {pid for pid, process in processes.items() if process.parent in newest}
    return found


def _pss_kib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    return 0.0
