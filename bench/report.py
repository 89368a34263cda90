"""Medians, ratios and their spread, as Markdown tables, so that a run can be pasted into docs/performance.md.

A ratio is formed inside each round, between neighbours in time, and only then summed up: figures of different rounds
met different neighbours on the machine and say nothing about each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.check import Verdict
from bench.servers.base import PAGES
from bench.workloads import Outcome

# server -> one outcome per round; None where the server failed in that round.
Rounds = dict[str, list[Outcome | None]]

PARTS = ("app", "redis", "postgres")
CPU, RATE, P50, P95 = "CPU ms per 1000", "deliveries per second", "p50 ms", "p95 ms"
CALL50, CALL95, ACCEPT50, ACCEPT95 = "call p50 ms", "call p95 ms", "accept p50 ms", "accept p95 ms"
FIRST50, FIRST95, LAST50, LAST95 = "first p50 ms", "first p95 ms", "last p50 ms", "last p95 ms"
CYCLE, FLOOR = "CPU ms per cycle", "dispatch-floor"
_CPU_RATIOS = ((CPU, "socketio"), (CPU, "tutorial"), (CPU, "bare"))


@dataclass(frozen=True)
class Table:
    title: str
    figures: tuple[str, ...]
    ratios: tuple[tuple[str, str], ...]
    """(figure, baseline) pairs."""
    judged: bool = False


@dataclass(frozen=True)
class Goal:
    text: str
    workload: str
    figure: str
    limit: float
    baseline: str | None = None
    at_least: bool = False


TABLES = {
    "idle": Table(
        "Signed-in members who say nothing",
        ("KiB per member", "CPU ms per connect"),
        (("KiB per member", "socketio"), ("KiB per member", "tutorial"), ("CPU ms per connect", "socketio")),
    ),
    "course": Table(
        "course: 20 messages a second over 20 rooms of 25 members",
        (CPU, P50, P95),
        (*_CPU_RATIOS, (P50, "socketio"), (P95, "socketio"), (P95, "tutorial")),
        judged=True,
    ),
    "sat": Table(
        "sat: one message in flight in each of 20 rooms of 25 members",
        (CPU, RATE),
        (*_CPU_RATIOS, (RATE, "socketio")),
        judged=True,
    ),
    "burst": Table(
        "burst: 300 messages at once in each of 4 rooms of 25 members",
        (CPU, P95, "expected"),
        ((CPU, "socketio"), (CPU, "tutorial"), (P95, "socketio")),
        judged=True,
    ),
    "dispatch": Table(
        "dispatch: a student calls 50 helpers, 5 of them accept at the same instant",
        (CALL50, CALL95, ACCEPT50, ACCEPT95, CYCLE),
        ((CALL50, FLOOR), (ACCEPT50, FLOOR), (CYCLE, FLOOR)),
        judged=True,
    ),
    "bells": Table(
        "bells: a customer puts the money on hold, 200 helpers with a page open hear of the request",
        (FIRST50, FIRST95, LAST50, LAST95),
        (),
        judged=True,
    ),
    "races": Table(
        "races: 5 helpers, each a process, accept one call at a barrier",
        ("races", "races per second", "decided at the row"),
        (),
        judged=True,
    ),
    "stall": Table(
        "stall: 2 of 20 members stop reading",
        (P95, "p95 of the others / before", "KiB held per sleeper", "sleepers closed"),
        ((P95, "socketio"),),
        judged=True,
    ),
}
_PAGE_FIGURES = ("CPU ms", "PG CPU ms", "wall ms", "bytes", "SQL")

GOALS = (
    Goal("course: CPU per delivery", "course", CPU, 0.8, "socketio"),
    Goal("course: p50", "course", P50, 1.2, "socketio"),
    Goal("course: p95", "course", P95, 1.2, "socketio"),
    Goal("course: p95", "course", P95, 0.2, "tutorial"),
    Goal("sat: CPU per delivery", "sat", CPU, 1.0, "socketio"),
    Goal("sat: CPU per delivery", "sat", CPU, 1 / 20, "tutorial"),
    Goal("sat: CPU per delivery", "sat", CPU, 3.5, "bare"),
    Goal("sat: deliveries per second", "sat", RATE, 1.3, "socketio", at_least=True),
    Goal("memory per signed-in member, KiB", "idle", "KiB per member", 45),
    Goal("CPU per connect, ms", "idle", "CPU ms per connect", 2),
    Goal("stall: held per sleeping tab, KiB", "stall", "KiB held per sleeper", 256),
    Goal("stall: p95 of the others, before = 1", "stall", "p95 of the others / before", 1.25),
    Goal("stall: sleepers closed", "stall", "sleepers closed", 2, at_least=True),
    Goal("dispatch: call to the last of 50 helpers, p50", "dispatch", CALL50, 3, FLOOR),
    Goal("dispatch: the same, p95 in ms", "dispatch", CALL95, 50),
    Goal("dispatch: accept to the student, p50", "dispatch", ACCEPT50, 5, FLOOR),
    Goal("bells: authorisation to the last of 200 helpers, p95 in ms", "bells", LAST95, 30_000),
    *(Goal(f"{page} page: SQL queries", "pages", f"{page}: SQL", 6) for page in PAGES),
)


@dataclass(frozen=True)
class Spread:
    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        if self.low == self.high:
            return _short(self.middle)
        return f"{_short(self.middle)} ({_short(self.low)}..{_short(self.high)})"


def figure(rounds: Rounds, server: str, name: str) -> Spread | None:
    """A figure over the rounds, or None when the server never showed it."""
    return _spread([outcome.figures[name] for outcome in rounds.get(server, []) if _has(outcome, name)])


def ratio(rounds: Rounds, server: str, baseline: str, name: str) -> Spread | None:
    """A figure as a multiple of the baseline's in the same round, or None when they never met."""
    pairs = zip(rounds.get(server, []), rounds.get(baseline, []), strict=False)
    return _spread(
        [
            mine.figures[name] / theirs.figures[name]
            for mine, theirs in pairs
            if _has(mine, name) and _has(theirs, name) and theirs.figures[name]
        ]
    )


def verdict(rounds: Rounds, server: str) -> Verdict:
    return sum((outcome.verdict for outcome in rounds.get(server, []) if outcome), Verdict())


def table(workload: str, rounds: Rounds) -> str:
    """The workload's table, one row per server; for pages, one per page and server."""
    if workload == "pages":
        return _pages(rounds)
    shape = TABLES[workload]
    heads = ["", *shape.figures, *(f"{name} / {baseline}" for name, baseline in shape.ratios)]
    if {CPU, CYCLE} & set(shape.figures):
        heads.append(" / ".join(PARTS))
    if shape.judged:
        heads += ["lost", "doubled", "out of order", "disagreeing"]
    rows = [_row(shape, rounds, server) for server in rounds]
    return "\n".join([f"### {shape.title}", "", *markdown(heads, rows), ""])


def goals(results: dict[str, Rounds], servers: Sequence[str]) -> str:
    """Each goal beside what each of `servers` reached."""
    rows = []
    for goal in GOALS:
        limit = f"{'>=' if goal.at_least else '<='} {_short(goal.limit)}" + (
            f" x {goal.baseline}" * bool(goal.baseline)
        )
        rows.append([goal.text, limit, *(_reached(goal, results.get(goal.workload, {}), server) for server in servers)])
    for workload in ("burst", "dispatch", "bells", "races"):
        rows.append([f"{workload}: lost / doubled / out of order / disagreeing", "0 / 0 / 0 / 0"])
        rows[-1] += [_faults(results.get(workload, {}), server) for server in servers]
    return "\n".join(["### Goals", "", *markdown(["goal", "limit", *servers], rows), ""])


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
        *("| " + " | ".join(row) + " |" for row in rows),
    ]


def _row(shape: Table, rounds: Rounds, server: str) -> list[str]:
    cells = [server]
    cells += [_cell(figure(rounds, server, name)) for name in shape.figures]
    cells += [_cell(ratio(rounds, server, base, name)) if server != base else "1" for name, base in shape.ratios]
    if {CPU, CYCLE} & set(shape.figures):
        cells.append(" / ".join(_short(part.middle) for name in PARTS if (part := figure(rounds, server, name))))
    if shape.judged:
        faults = verdict(rounds, server)
        cells += map(str, (faults.lost, faults.doubled, faults.disordered, faults.disagreeing))
    return cells


def _pages(rounds: Rounds) -> str:
    heads = ["page", "", *_PAGE_FIGURES, "CPU ms / tutorial"]
    rows = []
    for page in PAGES:
        for server in rounds:
            cells = [_cell(figure(rounds, server, f"{page}: {what}")) for what in _PAGE_FIGURES]
            rows.append([page, server, *cells, _cell(ratio(rounds, server, "tutorial", f"{page}: CPU ms"))])
    title = "### Pages, signed in; the tutorial's is always its one least page: session, person, 20 rows by an index"
    return "\n".join([title, "", *markdown(heads, rows), ""])


def _reached(goal: Goal, rounds: Rounds, server: str) -> str:
    spread = ratio(rounds, server, goal.baseline, goal.figure) if goal.baseline else figure(rounds, server, goal.figure)
    if spread is None:
        return "not measured"
    reached = spread.middle >= goal.limit if goal.at_least else spread.middle <= goal.limit
    return f"{spread} {'reached' if reached else 'MISSED'}"


def _faults(rounds: Rounds, server: str) -> str:
    if not any(rounds.get(server, [])):
        return "not measured"
    found = verdict(rounds, server)
    counts = f"{found.lost} / {found.doubled} / {found.disordered} / {found.disagreeing}"
    return f"{counts} {'reached' if found == Verdict() else 'MISSED'}"


def _has(outcome: Outcome | None, name: str) -> bool:
    return outcome is not None and name in outcome.figures


def _spread(values: Sequence[float]) -> Spread | None:
    return Spread(median(values), min(values), max(values)) if values else None


def _cell(spread: Spread | None) -> str:
    return str(spread) if spread else "-"


def _short(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
