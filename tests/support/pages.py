"""What a person would read on a page that the test client fetched."""

import re
from html import unescape
from typing import Any

HTMX = {"HX-Request": "true"}


def text_of(response: Any) -> str:
    """The words of the page's main part (of a fragment: all of them), with single spaces between."""
    main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
