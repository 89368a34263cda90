"""Where a checkout runs: its port, its folder, and that only one supervisor has it."""

import socket

import pytest

from peerloop.supervisor.checkout import Checkout, check_port, only_one
from peerloop.supervisor.problems import Problem
from peerloop.supervisor.programs import demo_data, programs, seeded_stamp


def checkout_in(folder, **environment: str) -> Checkout:
    return Checkout.from_environment({"PEERLOOP_VAR": str(folder), **environment})


@pytest.fixture
def listener():
    """A foreign program on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_by_default_it_is_port_8000_and_the_embedded_valkey(tmp_path):
    assert checkout_in(tmp_path) == Checkout(
        var=tmp_path,
        port=8000,
        database_url="",
        redis_url=f"unix://{tmp_path}/valkey.sock",
        embedded=True,
        development=True,
    )


def test_port_redis_and_mode_come_from_the_environment(tmp_path):
    checkout = checkout_in(tmp_path, PORT="8123", REDIS_URL="redis://127.0.0.1:6379/3", PEERLOOP_MODE="production")
    assert (checkout.port, checkout.redis_url, checkout.embedded, checkout.development) == (
        8123,
        "redis://127.0.0.1:6379/3",
        False,
        False,
    )


def test_the_folder_is_made(tmp_path):
    checkout_in(tmp_path / "deep" / "var")
    assert (tmp_path / "deep" / "var").is_dir()


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", "80.5", "٨٠٠٠"])
def test_what_is_no_port_is_refused_with_an_example(tmp_path, port):
    with pytest.raises(Problem) as refused:
        checkout_in(tmp_path, PORT=port)
    assert str(refused.value) == f"PORT must be a number from 1 to 65535, not {port!r}. For example: make run PORT=8001"


def test_a_taken_port_is_refused_with_the_way_out(listener):
    with pytest.raises(Problem) as refused:
        check_port(listener, patience=0)
    assert str(refused.value) == (
        f"Port {listener} is taken by another program. "
        f"Stop that one, or choose another port: make run PORT={listener + 1}"
    )


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs IPv6")
def test_a_port_taken_only_for_localhost_by_its_other_address_is_refused_too():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server, pytest.raises(Problem):
        check_port(server.getsockname()[1], patience=0)


def test_a_free_port_is_accepted(listener):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    check_port(port)


def test_a_second_supervisor_of_one_checkout_is_refused_and_welcome_later(tmp_path):
    checkout = checkout_in(tmp_path, PORT="8123")
    with only_one(checkout):
        with pytest.raises(Problem) as refused, only_one(checkout_in(tmp_path, PORT="8124")):
            pass
        assert "http://localhost:8123" in str(refused.value)
        assert "already runs from this folder" in str(refused.value)
    with only_one(checkout):
        pass


def test_a_given_redis_means_no_embedded_one(tmp_path):
    given = checkout_in(tmp_path, REDIS_URL="redis://127.0.0.1:6379/3")
    assert [program.name for program in programs(given)] == ["setup", "setup", "web", "worker", "beat"]
    assert programs(checkout_in(tmp_path))[0].name == "valkey"


def test_demo_data_is_made_once_for_each_database(tmp_path):
    checkout = checkout_in(tmp_path)
    (job,) = demo_data(checkout)
    job.done()
    assert demo_data(checkout) == []
    assert len(demo_data(checkout_in(tmp_path, DATABASE_URL="postgres://localhost/other"))) == 1


def test_demo_data_is_never_put_into_production(tmp_path):
    assert demo_data(checkout_in(tmp_path, PEERLOOP_MODE="production")) == []
    assert not seeded_stamp(tmp_path).exists()
