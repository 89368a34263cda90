"""Was anything lost, doubled or reordered? Judged from what was sent to a room and what each member saw."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Counts over all members of the judged rooms; all zero is the only good verdict."""

    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    disagreeing: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.disordered + other.disordered,
            self.disagreeing + other.disagreeing,
        )


def judge_room(sent: dict[int, int], seen: Sequence[Sequence[int]]) -> Verdict:
    """Judge one room.

    `sent` maps each message's number to its sender; a sender's numbers rise in the order of sending.
    `seen` holds, per member, the numbers in the order of arrival.

    `disordered` counts deliveries that came after a later message of the same sender; `disagreeing` counts the
    members who saw two messages the other way round than the room's first member did.
    """
    verdict = Verdict()
    for numbers in seen:
        unique = dict.fromkeys(numbers)
        verdict += Verdict(
            lost=len(sent.keys() - unique.keys()),
            doubled=len(numbers) - len(unique),
            disordered=_steps_back(list(unique), sent),
            disagreeing=int(not _agree(list(unique), list(dict.fromkeys(seen[0])))),
        )
    return verdict


def _steps_back(numbers: list[int], sender_of: dict[int, int]) -> int:
    latest: dict[int, int] = {}
    steps = 0
    for number in numbers:
        sender = sender_of[number]
        if number < latest.get(sender, -1):
            steps += 1
        else:
            latest[sender] = number
    return steps


def _agree(mine: list[int], theirs: list[int]) -> bool:
    common = set(mine) & set(theirs)
    return [n for n in mine if n in common] == [n for n in theirs if n in common]
