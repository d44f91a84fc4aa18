"""What is refused for good, told apart from what may pass."""

import ssl
from typing import Any

import pytest
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    RequestTimedOutError,
    TopicAuthorizationFailedError,
)
from elastic_transport import ConnectionError as EsConnectionError
from elastic_transport import TlsError

from shared import search, tls
from shared.access import without_right
from shared.errors import ConfigurationError, Retry


def ssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    return error


def why(error: BaseException) -> str | None:
    return tls.refusal(error, authority="CA", address="URL", plain="PLAIN", ours="OURS")


def caused(outer: BaseException, inner: BaseException) -> BaseException:
    outer.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("WRONG_VERSION_NUMBER", "PLAIN"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "OURS"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "OURS"),
    ],
)
def test_a_refusal_is_found_below_other_errors(reason: str, word: str) -> None:
    said = why(caused(KafkaConnectionError("closed"), ssl_error(reason)))
    assert said is not None
    assert word in said


@pytest.mark.parametrize(
    "error",
    [
        ssl.SSLEOFError(8, "EOF occurred in violation of protocol"),
        ssl_error("TLSV1_ALERT_INTERNAL_ERROR"),
        ConnectionResetError(),
        TimeoutError(),
    ],
)
def test_a_server_that_dies_in_the_handshake_is_an_outage(error: BaseException) -> None:
    assert why(error) is None
    assert why(caused(KafkaConnectionError("closed"), error)) is None
    assert isinstance(search.instruction(TlsError(str(error), errors=(error,))), Retry)  # type: ignore[arg-type]


def test_errors_that_name_each_other_as_cause_are_read_once() -> None:
    one, other = RuntimeError(), RuntimeError()
    one.__cause__, other.__cause__ = other, one
    assert why(one) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TopicAuthorizationFailedError("pages.fetched"), "topic pages.fetched:"),
        (TopicAuthorizationFailedError({"a", "b"}), "topic a, b:"),
        (TopicAuthorizationFailedError([f"t{n}" for n in range(9)]), "topic t0, t1, t2 and 6 more:"),
        (GroupAuthorizationFailedError("warta-indexer"), "group warta-indexer:"),
        (ClusterAuthorizationFailedError(), "may not write:"),
    ],
)
def test_a_missing_right_names_what_it_is_for(error: KafkaError, words: str) -> None:
    for raised in (error, caused(RuntimeError("crashed"), error)):
        told = without_right(raised)
        assert isinstance(told, ConfigurationError)
        assert words in str(told)
        assert "WARTA_KAFKA_SASL_USERNAME" in str(told)


@pytest.mark.parametrize("error", [RequestTimedOutError(), KafkaConnectionError(), RuntimeError()])
def test_other_errors_are_no_question_of_rights(error: Any) -> None:
    assert without_right(error) is None


def test_elasticsearch_away_is_waited_for() -> None:
    assert isinstance(search.instruction(EsConnectionError("refused")), Retry)
