"""How full the brokers' disks are: Kafka's DescribeLogDirs, which aiokafka lacks.

Brokers say it since Kafka 3.3, to whoever may DESCRIBE the cluster; from others the answer is None: unknown.
"""

import asyncio
from typing import Any

import msgspec
from aiokafka.errors import ClusterAuthorizationFailedError, IncompatibleBrokerVersion, KafkaError, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import (
    Array,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Int64,
    Schema,
    TaggedFields,
)

_API_KEY = 35
_VERSION = 4


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """The disk of one log directory of a broker, in bytes; `usable` is what Kafka itself can still write."""

    broker: int
    total: int
    usable: int

    @property
    def free_percent(self) -> float:
        """What is usable of the whole, in per cent."""
        return 100 * self.usable / self.total


class _LogDirs(Response):  # type: ignore[misc] # aiokafka is untyped
    API_KEY = _API_KEY
    API_VERSION = _VERSION
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("error_code", Int16),
        (
            "log_dirs",
            CompactArray(
                ("error_code", Int16),
                ("path", CompactString("utf-8")),
                (
                    "topics",
                    CompactArray(
                        ("name", CompactString("utf-8")),
                        (
                            "partitions",
                            CompactArray(
                                ("partition", Int32),
                                ("size", Int64),
                                ("offset_lag", Int64),
                                ("is_future", Boolean),
                                ("tags", TaggedFields),
                            ),
                        ),
                        ("tags", TaggedFields),
                    ),
                ),
                ("total_bytes", Int64),
                ("usable_bytes", Int64),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _Ask(RequestStruct):  # type: ignore[misc]
    FLEXIBLE_VERSION = True
    API_KEY = _API_KEY
    API_VERSION = _VERSION
    RESPONSE_TYPE = _LogDirs
    SCHEMA = Schema(
        ("topics", CompactArray(("topic", CompactString("utf-8")), ("partitions", Array(Int32)))),
        ("tags", TaggedFields),
    )


class _AskForNoTopics(Request[_Ask]):  # type: ignore[misc]
    """An empty list of topics leaves the directories with their sizes; a null one would list every partition."""

    API_KEY = _API_KEY

    def build(self, request_struct_class: Any) -> Any:
        return request_struct_class([], {})


async def fullest_disk(admin: Any) -> Disk | None:
    """The disk with the least room, in per cent, among all brokers' log directories. None: no broker says.

    `admin` is a started admin client. Raises `KafkaError` when no broker answers.
    """
    brokers = [broker.nodeId for broker in admin._client.cluster.brokers()]  # noqa: SLF001 - no public way to ask each
    answers = await asyncio.gather(*(_disks(admin, broker) for broker in brokers), return_exceptions=True)
    errors = [answer for answer in answers if isinstance(answer, BaseException)]
    for error in errors:
        if len(errors) == len(brokers) or not isinstance(error, KafkaError):
            raise error
    disks = [disk for answer in answers if not isinstance(answer, BaseException) for disk in answer]
    return min(disks, key=lambda disk: disk.free_percent, default=None)


async def _disks(admin: Any, broker: int) -> list[Disk]:
    try:
        answer = await admin._send_request(_AskForNoTopics(), broker)  # noqa: SLF001
    except (IncompatibleBrokerVersion, NotImplementedError):
        return []
    if answer.error_code:
        error = for_code(answer.error_code)
        if error is ClusterAuthorizationFailedError:
            return []
        raise error(f"log directories of broker {broker}")
    return [
        Disk(broker=broker, total=total, usable=usable)
        for code, _path, _topics, total, usable, _tags in answer.log_dirs
        if not code and total > 0 and usable >= 0
    ]
