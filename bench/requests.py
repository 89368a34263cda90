"""The least HTTP client: one kept connection, one page, again and again."""

from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Asked:
    median_ms: float
    size: int
    """Bytes of the body as sent, compressed where the server compresses."""


def ask_repeatedly(*, port: int, path: str, cookie: str, times: int) -> Asked:
    """GET `path` so many times. Raises ConnectionError when the answer is not the page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    waits, size = [], 0
    for _ in range(times):
        began = perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        size = len(answer.read())
        waits.append((perf_counter() - began) * 1000)
        if answer.status != 200:
            raise ConnectionError(f"{path} answered {answer.status}")
    connection.close()
    return Asked(median(waits), size)
