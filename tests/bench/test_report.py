"""Ratios are formed inside a round, and a goal is judged by its median."""

from bench.check import Verdict
from bench.report import CPU, Spread, goals, ratio, table, verdict
from bench.workloads import Outcome


def outcomes(*cpu: float | None, faults: Verdict | None = None) -> list[Outcome | None]:
    return [None if one is None else Outcome({CPU: one}, faults or Verdict()) for one in cpu]


def test_a_ratio_compares_neighbours_of_one_round():
    rounds = {"socketio": outcomes(10, 100, 20), "peerloop": outcomes(5, 80, 14)}
    assert ratio(rounds, "peerloop", "socketio", CPU) == Spread(middle=0.7, low=0.5, high=0.8)


def test_a_round_in_which_either_failed_says_nothing():
    rounds = {"socketio": outcomes(10, None, 20), "peerloop": outcomes(None, 80, 10)}
    assert ratio(rounds, "peerloop", "socketio", CPU) == Spread(middle=0.5, low=0.5, high=0.5)


def test_without_the_baseline_there_is_no_ratio():
    assert ratio({"peerloop": outcomes(1)}, "peerloop", "socketio", CPU) is None


def test_faults_of_all_rounds_add_up():
    rounds = {"peerloop": [*outcomes(1, faults=Verdict(lost=2)), *outcomes(1, faults=Verdict(lost=1, doubled=4))]}
    assert verdict(rounds, "peerloop") == Verdict(lost=3, doubled=4)


def test_a_goal_says_whether_it_was_reached_missed_or_not_measured():
    course = {"socketio": outcomes(100, 100), "peerloop": outcomes(60, 80), "slow": outcomes(90, 95)}
    first = goals({"course": course}, ["peerloop", "slow", "absent"]).splitlines()[4]
    assert first == (
        "| course: CPU per delivery | <= 0.8 x socketio | 0.7 (0.6..0.8) reached | 0.925 (0.9..0.95) MISSED"
        " | not measured |"
    )


def test_a_missing_figure_leaves_a_dash_and_the_baseline_is_one():
    row = table("burst", {"socketio": outcomes(10)}).splitlines()[4]
    assert row == "| socketio | 10 | - | - | 1 | - | 1 |  | 0 | 0 | 0 | 0 |"
