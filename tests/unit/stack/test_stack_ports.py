"""Which ports a server gets."""

import socket
from collections.abc import Iterator

import pytest

from stack import StackError
from stack.kafka import KAFKA
from stack.ports import choose, taken
from stack.program import Ports


@pytest.fixture
def occupied() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_random_ports_are_free_and_differ() -> None:
    ports = choose(KAFKA, 0, None)
    assert ports.client != ports.inner
    assert not taken(ports.client)
    assert not taken(ports.inner)


def test_ports_of_the_last_time_are_taken_again() -> None:
    kept = choose(KAFKA, 0, None)
    assert choose(KAFKA, 0, kept) == kept


def test_a_kept_port_that_is_taken_now_is_replaced(occupied: int) -> None:
    free = choose(KAFKA, 0, None)
    ports = choose(KAFKA, 0, Ports(client=occupied, inner=free.inner))
    assert ports.client != occupied
    assert ports.inner == free.inner


def test_a_port_asked_for_is_given_or_refused_with_its_name_and_the_option(occupied: int) -> None:
    free = choose(KAFKA, 0, None).client
    assert choose(KAFKA, free, None).client == free
    with pytest.raises(StackError, match=rf"port {occupied}.*--kafka-port"):
        choose(KAFKA, occupied, None)


def test_ports_promised_to_others_are_avoided() -> None:
    kept = choose(KAFKA, 0, None)
    ports = choose(KAFKA, 0, kept, {kept.client, kept.inner})
    assert not {ports.client, ports.inner} & {kept.client, kept.inner}


def test_a_port_asked_for_that_was_the_inner_one_moves_the_inner_one() -> None:
    kept = choose(KAFKA, 0, None)
    ports = choose(KAFKA, kept.inner, kept)
    assert ports.client == kept.inner
    assert ports.inner != kept.inner
