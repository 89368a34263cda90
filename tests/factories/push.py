"""A push service on the loopback that keeps what it is sent, and browsers that subscribed to it."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from peerloop.core.push.models import PushDevice
from peerloop.core.push.services.devices import add_device


def letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """What the signed token says, once its signature has been found right."""
        assert Vapid02.verify(self.headers["authorization"])
        token = self.headers["authorization"].partition("t=")[2].partition(",")[0]
        return json.loads(raw(token.split(".")[1]))

    @property
    def signer(self) -> str:
        return self.headers["authorization"].partition("k=")[2]


class PushService(ThreadingHTTPServer):
    """Answers as it is told in `status` and `extra`, or not for `delay` seconds."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.received: list[Received] = []
        self.status, self.extra, self.delay = 201, {}, 0.0
        self.meanwhile = lambda: None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.received]


class Handler(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(Received(self.path, headers, body))
        self.server.meanwhile()
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        for name, value in self.server.extra.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *about: Any) -> None:
        """The tests look at `received`."""


@pytest.fixture
def push_service() -> Iterator[PushService]:
    server = PushService()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Browser:
    """A browser's half of a subscription: only it can read what is sent to it."""

    def __init__(self, service: PushService, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = name.encode().ljust(16, b".")[:16]
        self.endpoint = f"{service.address}/{name.replace(' ', '-')}"
        self.service = service

    @property
    def p256dh(self) -> str:
        return letters(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def subscription(self) -> dict[str, Any]:
        """As PushSubscription.toJSON() gives it."""
        keys = {"p256dh": self.p256dh, "auth": letters(self.secret)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    @property
    def read(self) -> list[dict[str, Any]]:
        """What was sent to it, decrypted."""
        mine = [each.body for each in self.service.received if self.endpoint.endswith(each.path)]
        opened = (http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret) for body in mine)
        return [json.loads(each) for each in opened]


@pytest.fixture
def browser_of(push_service):
    """`browser_of(ben)`: a browser in which Ben turned push on, with its device as `.device`."""

    def subscribe(user, name: str = "phone", session_key: str = "") -> Browser:
        browser = Browser(push_service, f"{user.username}-{name}")
        browser.device = add_device(
            endpoint=browser.endpoint,
            p256dh=browser.p256dh,
            auth=letters(browser.secret),
            label=name,
            session_key=session_key,
            by=user,
        )
        return browser

    return subscribe


def device_of(user) -> PushDevice:
    """The first device of `user`; one at which nothing arrives, if there is none."""
    known = PushDevice.objects.filter(user=user).order_by("pk").first()
    endpoint = f"https://push.example/{user.username}"
    return known or PushDevice.objects.create(user=user, endpoint=endpoint, p256dh="-", auth="-", label="phone")


def devices() -> list[str]:
    return sorted(PushDevice.objects.values_list("label", flat=True))
