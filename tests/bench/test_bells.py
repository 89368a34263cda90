"""A bell that nobody rings, or that rings twice, must show; and what rings once counts from the press."""

import asyncio
from itertools import count
from math import inf

from bench.bells import Bells, PaidDesk
from bench.check import Verdict
from bench.report import TABLES


class Town(PaidDesk):
    """Three helpers; `rings` says who hears a request, in order."""

    helper = is_call = is_match = call = wait = accept = end = None

    def __init__(self, rings):
        super().__init__(port=0)
        self.rings = rings
        self.bells = Bells(self, count(), listeners=3)

    def bell(self, payload):
        return payload.decode()

    async def ask(self, customer, name):
        return name

    async def hold(self, customer, bill):
        for helper in self.rings:
            self.bells.hear(helper, bill.encode())
        self.bells.hear(0, b"")

    async def withdraw(self, customer, name):
        pass


def rung(*rings):
    return asyncio.run(Town(rings).bells.requests(1, patience=0.01))


def test_everybody_heard_once():
    heard = rung(1, 0, 2)
    assert heard.verdict == Verdict()
    assert 0 < heard.first[0] <= heard.last[0] < 1


def test_who_never_heard_is_lost_and_the_last_never_came():
    heard = rung(1, 0)
    assert (heard.verdict, heard.last) == (Verdict(lost=1), [inf])
    assert heard.first[0] < 1


def test_a_bell_that_rang_twice_makes_up_for_nobody():
    heard = rung(1, 0, 0)
    assert (heard.verdict, heard.last) == (Verdict(lost=1, doubled=1), [inf])


def test_nobody_heard():
    heard = rung()
    assert (heard.verdict, heard.first, heard.last) == (Verdict(lost=3), [inf], [inf])


def test_the_report_shows_all_figures():
    assert tuple(rung(0, 1, 2).figures()) == TABLES["bells"].figures
