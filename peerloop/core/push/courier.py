"""The way to a push service: encrypted for one device, signed with our key, and only out to the open internet."""

import json
import socket
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher
from urllib3 import BaseHTTPResponse, HTTPSConnectionPool, PoolManager, Retry, Timeout
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, InvalidHeader

log = structlog.get_logger(__name__)

# A push service answers at once or is in trouble. The job's own limit ends one that sends its answer byte by byte.
TIMEOUT = Timeout(connect=3, read=5)
TOKEN_SECONDS = 6 * 3600
NO_ANSWER = 0


@dataclass(frozen=True)
class Reply:
    """What a push service answered; `wait`: the seconds after which it wants to be asked again, if it said so."""

    status: int
    wait: float = 0


class OpenInternetConnection(HTTPSConnection):
    """Says nothing, not even hello, to an address in our own network, whatever name leads there."""

    def _new_conn(self) -> socket.socket:
        line = super()._new_conn()
        if not is_open_internet(line.getpeername()[0]):
            line.close()
            raise OSError("The name leads to a private address.")
        return line


class OpenInternetPool(HTTPSConnectionPool):
    ConnectionCls = OpenInternetConnection


def is_open_internet(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_global


def post(*, endpoint: str, p256dh: str, auth: str, content: dict[str, Any], headers: dict[str, str], key: str) -> Reply:
    """Send `content` to one device and return what came back; no answer within a few seconds is a reply as well."""
    subscription = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}}
    body = WebPusher(subscription).encode(json.dumps(content).encode())["body"]
    sent = {"Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", **headers}
    try:
        answer = _pools().request(
            "POST",
            endpoint,
            body=body,
            headers={**sent, **_signature(endpoint, key)},
            timeout=TIMEOUT,
            retries=False,
            redirect=False,
            preload_content=False,  # what it says beyond the status is not for us
        )
    except (HTTPError, OSError, SoftTimeLimitExceeded) as error:
        log.warning("push_not_sent", service=urlsplit(endpoint).netloc, error=type(error).__name__)
        return Reply(NO_ANSWER)
    answer.close()
    return Reply(answer.status, _wait(answer))


def _pools() -> PoolManager:
    pools = PoolManager(num_pools=1)
    if not settings.PUSH_PRIVATE_ADDRESSES:
        # Whatever the address says, nothing leaves unencrypted.
        pools.pool_classes_by_scheme = dict.fromkeys(("http", "https"), OpenInternetPool)
    return pools


def _signature(endpoint: str, key: str) -> dict[str, str]:
    where = urlsplit(endpoint)
    claims = {
        "aud": f"{where.scheme}://{where.netloc}",
        "exp": int(time.time()) + TOKEN_SECONDS,
        "sub": settings.VAPID_SUBJECT,
    }
    return Vapid02.from_raw(key.encode()).sign(claims)


def _wait(answer: BaseHTTPResponse) -> float:
    given = answer.headers.get("Retry-After")
    try:
        return Retry().parse_retry_after(given) if given else 0
    except InvalidHeader:
        return 0
