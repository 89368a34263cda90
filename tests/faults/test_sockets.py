"""Sockets that idle, sleep or belong to strangers."""

import base64
import os
import socket
from contextlib import suppress
from uuid import UUID

import pytest
from websockets.frames import CloseCode, Frame, Opcode

from chat import events
from peerloop.asgi import websocket_routes
from peerloop.core.conversations.payloads import Person
from peerloop.core.realtime import tokens
from peerloop.core.realtime.services import publish
from tests.support.site import Site
from tests.support.wire import Wire

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def test_an_idle_socket_stays_open(ada, room, web):
    """A Redis client with its default time-out closes every quiet socket after five seconds."""
    with Wire(web, room, ada) as adas, Wire(web, None, ada, path="/api/me/connect") as page:
        adas.next("presence")
        for quiet in (adas, page):
            quiet.listen(6)
        for quiet in (adas, page):
            quiet.send(type="ping")
            quiet.next("pong")
        assert (adas.close_code, page.close_code) == (None, None)


def test_frames_are_read_however_the_wire_cuts_or_joins_them(ada, room, web):
    ping = Frame(Opcode.TEXT, b'{"type":"ping"}').serialize(mask=True)
    parts = [Frame(Opcode.TEXT, b'{"type":', fin=False), Frame(Opcode.PING, b"?"), Frame(Opcode.CONT, b'"ping"}')]
    fragmented = b"".join(part.serialize(mask=True) for part in parts)
    with Wire(web, room, ada) as adas:
        adas.next("presence")
        for data in (ping, ping + ping, fragmented, ping):
            adas.socket.socket.sendall(data)
        for byte in ping:
            adas.socket.socket.sendall(bytes([byte]))
        adas.until(lambda: [each["type"] for each in adas.heard].count("pong") == 6)
        adas.socket.socket.sendall(Frame(Opcode.TEXT, b"\xff").serialize(mask=True))
        adas.listen(2)
        assert adas.close_code == CloseCode.ABNORMAL_CLOSURE  # not UTF-8: dropped


# -- strangers -------------------------------------------------------------------------------------------------------


def addresses(room, ada) -> list[str]:
    """Every address of a socket, asked for everything that somebody else hears there."""
    wishes = ["", f"?room={room.pk}", f"?group=chat.{room.pk}", f"?user={ada.pk}", f"?room={room.pk}&format=html"]
    paths = {f"/{route.pattern}".replace("^", "") for route in websocket_routes} | {f"/api/chat/{room.pk}", "/ws"}
    return [f"{path}{wish}" for path in sorted(paths) for wish in wishes]


@pytest.mark.covers("CHAT-02", "CHAT-78")
def test_a_stranger_at_every_address_does_not_hear_that_anything_happens(ada, ben, oskar, room, web):
    strangers = [Wire(web, room, oskar, path=path) for path in addresses(room, ada)]
    strangers += [Wire(web, None, oskar, path=path) for path in addresses(room, ada)]
    assert "/api/chat/connect" in {each.address.split("?")[0].split(str(web.port))[1] for each in strangers}
    with Wire(web, room, ada) as adas, Wire(web, room, ben) as bens:
        adas.next("presence")
        opened = [each.__enter__() for each in strangers]
        bens.send(type="typing")
        adas.next("typing")
        adas.send(type="message", content="How thin?", is_question=True)
        question = bens.next("message")["data"]["id"]
        bens.send(type="message", content="@ada like milk.", is_question=False, reply_to_id=question)
        adas.until(lambda: "milk" in str(adas.messages()[-1:]))
        answer = adas.messages()[-1]
        adas.send(type="mark_helpful", message_id=answer["id"])
        bens.next("points_awarded")
    for stranger in opened:
        stranger.listen(0.05)
        stranger.__exit__()
    heard = [frame for stranger in opened for frame in stranger.heard]
    # The thing he must not hear was there to be heard.
    assert {"typing", "points_awarded"} <= {each["type"] for each in bens.heard + adas.heard}
    assert {each["type"] for each in heard} <= {"error"}
    assert not any(str(secret) in str(heard) for secret in (ada.pk, ben.pk, question, answer["id"], "milk"))


# -- sleepers --------------------------------------------------------------------------------------------------------


class Sleeper:
    """A tab that holds its connection and does not read: a phone in a pocket."""

    def __init__(self, site: Site, room, user) -> None:
        self.line = socket.socket()
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.line.connect(("127.0.0.1", site.port))
        token = tokens.issue(user_id=user.pk, room=room.pk)
        key = base64.b64encode(os.urandom(16)).decode()
        self.line.sendall(
            f"GET /api/chat/connect?room={room.pk}&token={token} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert b"101 " in self.line.recv(1024)

    def wake_up(self) -> int:
        """How many bytes waited, up to the end of the connection. Raises TimeoutError if it does not end."""
        self.line.settimeout(10)
        waited = 0
        with self.line, suppress(ConnectionResetError):
            while more := self.line.recv(1 << 20):
                waited += len(more)
        return waited


BIG = events.Presence(
    users=[Person(id=UUID(int=n), name="x" * 100, avatar="", is_student_teacher=False) for n in range(100)]
)
BATCHES, BATCH = 30, 20


def tell_too_much(room, reader: Wire) -> None:
    """Far more than a sleeper may leave unread; the reader keeps up."""
    reader.next("presence")
    for number in range(BATCHES):
        for _ in range(BATCH):
            publish(BIG, to=events.room(room.pk))
        publish(events.Typing(user_id=UUID(int=number)), to=events.room(room.pk))
        reader.next("typing")


def test_a_sleeping_tab_is_closed_and_the_others_hear_everything(ada, ben, room, web):
    sleeper = Sleeper(web, room, ben)
    with Wire(web, room, ada) as adas:
        tell_too_much(room, adas)
        adas.send(type="ping")
        adas.next("pong")
    typed = [each["user_id"] for each in adas.heard if each["type"] == "typing"]
    assert typed == [str(UUID(int=number)) for number in range(BATCHES)]
    big = [each for each in adas.heard if each["type"] == "presence" and len(each["users"]) == 100]
    assert len(big) == BATCHES * BATCH
    # The sleeper's line was ended, and no more had waited for it than the cap and what the system's buffers took.
    assert sleeper.wake_up() < len(BIG.for_programs()) * BATCHES * BATCH / 2


def test_who_was_closed_comes_back_to_everything(ada, ben, room, say, web):
    sleeper = Sleeper(web, room, ben)
    with Wire(web, room, ada) as adas:
        tell_too_much(room, adas)
    say(ada, "Said while Ben slept")
    sleeper.wake_up()
    with Wire(web, room, ben) as bens:
        history = bens.next("history")
    assert [each["content"] for each in history["messages"]] == ["Said while Ben slept"]
