"""`@pytest.mark.covers("CHAT-42")`: which rows of docs/requirements.md the tests prove, told at the end of a run."""

import re
from collections import Counter
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).resolve().parents[2] / "docs" / "requirements.md"
ROW = re.compile(r"^\| ([A-Z]+-\d+) \|", re.MULTILINE)
# Groups of rows the product serves so far; the others belong to later issues.
SERVED = ("CHAT", "HELP", "SESS", "REQ")


def requirement_rows() -> list[str]:
    return ROW.findall(REQUIREMENTS.read_text())


class CoverageOfRequirements:
    def __init__(self) -> None:
        self.claimed: dict[str, list[str]] = {}
        self.passed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = set(requirement_rows())
        for item in items:
            rows = [row for mark in item.iter_markers("covers") for row in mark.args]
            if unknown := set(rows) - known:
                raise pytest.UsageError(f"{item.nodeid} covers rows that do not exist: {', '.join(sorted(unknown))}")
            self.claimed[item.nodeid] = rows

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.passed.update(self.claimed.get(report.nodeid, ()))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        totals = Counter(row.split("-")[0] for row in requirement_rows())
        covered = Counter(row.split("-")[0] for row in self.passed)
        shown = ", ".join(f"{group} {covered[group]}/{totals[group]}" for group in totals if covered[group])
        terminalreporter.write_line(f"requirements covered: {shown or 'none'}")
        for group in SERVED:
            missing = [row for row in requirement_rows() if row.startswith(f"{group}-") and row not in self.passed]
            if covered[group] and missing:
                terminalreporter.write_line(f"not covered in {group}: {', '.join(missing)}")
