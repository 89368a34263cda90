"""Free requests with photos and responses."""

from io import BytesIO
from typing import Any

import pytest

from helpdesk.models import HelpRequest, HelpResponse
from helpdesk.requests.services.answering import respond
from helpdesk.requests.services.asking import ask_for_help
from helpdesk.requests.services.wording import Wanted
from peerloop.core.accounts.models import User
from peerloop.core.uploads.models import Upload
from peerloop.core.uploads.services import store_image
from tests.factories.pictures import png

TITLE = "Chalky highlights on a red cloak"
TEXT = "Third layer, thinned one to one with water.\nDry, it turned dusty."


def wanted(**fields: Any) -> Wanted:
    return Wanted(**{"title": TITLE, "description": TEXT, "category": "painting", **fields})


def ask(by: User, pictures: Any = (), **fields: Any) -> HelpRequest:
    return ask_for_help(wanted=wanted(**fields), pictures=pictures, by=by)


def answer(request: HelpRequest, by: User, text: str = "Seal it, then glaze.", **more: Any) -> HelpResponse:
    return respond(request_id=request.pk, response_text=text, by=by, **more)


def picture_of(user: User) -> Upload:
    """A picture that `user` has just uploaded."""
    return store_image(file=BytesIO(png(16, 8)), by=user)


@pytest.fixture
def question(ada) -> HelpRequest:
    """Ada asks about her red cloak, for everybody to read."""
    return ask(ada, subcategory="highlighting", difficulty_level="beginner")


@pytest.fixture
def reply(question, ben) -> HelpResponse:
    """Ben has responded to it."""
    return answer(question, ben)
