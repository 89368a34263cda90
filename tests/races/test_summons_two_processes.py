"""Helpers on two web processes answer one call at the same moment."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.test import Client

from helpdesk.models import HelpSession, HelpSummons
from peerloop.core.accounts.models import User
from tests.factories.helpdesk import helpers_of
from tests.support.site import Site, web_process
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
SECRET = "s" * 32


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def accept(site: Site, session: str, summons: HelpSummons) -> tuple[int, str]:
    """The status, and the sentence of a refusal."""
    headers = {"Cookie": f"sessionid={session}; csrftoken={SECRET}", "X-CSRFToken": SECRET}
    wanted = Request(f"{site.address}/api/help/{summons.pk}/accept", data=b"", headers=headers, method="POST")  # noqa: S310
    try:
        with urlopen(wanted, timeout=30) as answer:  # noqa: S310
            return answer.status, ""
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)["error"]


@pytest.mark.covers("HELP-89", "HELP-93", "HELP-96")
def test_of_fifty_helpers_on_two_processes_one_is_matched_and_the_student_hears_it_once(
    summons, ada, course, helper, tmp_path
):
    helpers = [helper, *helpers_of(course, 49)]
    sessions = [session_of(each) for each in helpers]
    barrier = Barrier(len(helpers))
    with web_process(tmp_path / "first") as first, web_process(tmp_path / "second") as second:

        def press(number: int) -> tuple[int, str]:
            barrier.wait(timeout=30)
            return accept((first, second)[number % 2], sessions[number], summons)

        with Wire(first, summons, ada, path=f"/api/help/connect?request_id={summons.pk}") as adas:
            adas.next("helpers_available")
            with ThreadPoolExecutor(len(helpers)) as pool:
                outcomes = list(pool.map(press, range(len(helpers))))
            matched = adas.next("matched")
            adas.listen(1)
    winner = helpers[outcomes.index((200, ""))]
    assert sorted(outcomes) == [(200, "")] + [(409, "Somebody else is already helping.")] * 49
    assert matched["helper"]["id"] == str(winner.pk)
    assert [each["type"] for each in adas.heard].count("matched") == 1
    assert HelpSession.objects.get().helper == winner
