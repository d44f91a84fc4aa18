"""What of the topics that exist is weaker than the table: made by an earlier version, or by hand."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAuthorizationFailedError, for_code

from shared import kafka
from shared.access import without_right
from shared.errors import ConfigurationError
from shared.settings import KafkaSettings
from shared.topics import TOPICS, Topic

# Of an entry's sources, as Kafka's DescribeConfigs numbers them: set on the topic itself.
_SET_ON_THE_TOPIC = 1
_WITHOUT_END = "-1"
_WHERE_THE_MOST_COUNTS = ("max.message.bytes", "min.compaction.lag.ms", "min.insync.replicas")


class Weaker(msgspec.Struct, frozen=True, kw_only=True):
    """A setting of a topic that keeps less, or lets less through, than is promised."""

    topic: str
    setting: str
    found: str
    wanted: str


def weaker(topic: Topic, wanted: Mapping[str, str], found: Mapping[str, str]) -> tuple[Weaker, ...]:
    """What of `found` is weaker than `wanted`, both as Kafka writes settings. What keeps more is left as it is."""
    return tuple(
        Weaker(topic=topic.name, setting=setting, found=found[setting], wanted=value)
        for setting, value in wanted.items()
        if setting in found and _is_weaker(topic, setting, found[setting], value)
    )


async def check_topics(settings: KafkaSettings, report: Callable[[str], None], *, adjust: bool) -> None:
    """Report each setting of an existing topic that is weaker than the table's; with `adjust` set it, and it alone.

    Also reports partitions that are too few, which `adjust` leaves: a key would move to another one. Raises
    `ConfigurationError` when the broker refuses a change.
    """
    client = kafka.admin(settings)
    await kafka.start(client, settings)
    try:
        for described in await client.describe_topics(list(TOPICS)):
            count, topic = len(described["partitions"]), TOPICS[described["topic"]]
            if 0 < count != topic.partitions:
                report(
                    f"topic {topic.name} has {count} partitions where Warta counts on {topic.partitions}: delete it "
                    "when it has been read to its end, and run `bootstrap` again"
                )
        for name, entries in (await _described(client, list(TOPICS), report)).items():
            topic = TOPICS[name]
            wanted = {**topic.config, "min.insync.replicas": str(settings.min_insync_replicas)}
            lacks = weaker(topic, wanted, {setting: value for setting, (value, _) in entries.items()})
            if lacks and adjust:
                own = {setting: value for setting, (value, source) in entries.items() if source == _SET_ON_THE_TOPIC}
                await _set(client, name, own | {one.setting: one.wanted for one in lacks})
            for one in lacks:
                report(_told(one, adjusted=adjust))
    finally:
        await client.close()


def _told(one: Weaker, *, adjusted: bool) -> str:
    if adjusted:
        return f"topic {one.topic}: {one.setting} was {one.found}, now {one.wanted}"
    return (
        f"topic {one.topic}: {one.setting} is {one.found}, but Warta's promises need {one.wanted}: "
        "`bootstrap --adjust` sets it"
    )


def _is_weaker(topic: Topic, setting: str, found: str, wanted: str) -> bool:
    if setting == "cleanup.policy":
        return set(found.split(",")) != set(wanted.split(","))
    if setting in _WHERE_THE_MOST_COUNTS:
        return int(found) < int(wanted)
    if setting == "retention.ms" and topic.retention_ms is None:  # nothing is deleted by age there
        return False
    return found != _WITHOUT_END and (wanted == _WITHOUT_END or int(found) < int(wanted))


async def _described(
    client: Any, names: list[str], report: Callable[[str], None]
) -> dict[str, dict[str, tuple[str, int]]]:
    """By topic and setting: its value and where it comes from. A topic that we may not look into has none."""
    answers = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    described, hidden = {}, []
    for code, _why, _kind, name, entries in (one for answer in answers for one in answer.resources):
        if for_code(code) is TopicAuthorizationFailedError:
            hidden.append(name)
        elif not code:
            described[name] = {setting: (value, source) for setting, value, _, source, *_ in entries}
    if hidden:
        report(f"topics: the settings of {len(hidden)} can't be checked without the right DESCRIBE_CONFIGS")
    return described


async def _set(client: Any, name: str, settings: dict[str, str]) -> None:
    # The call replaces all of a topic's own settings, so those that stay go along.
    answers = await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=settings)])
    for code, why, *_ in (one for answer in answers for one in answer.resources):
        if code:
            error = for_code(code)
            raise without_right(error(name)) or ConfigurationError(
                f"the broker refuses to change topic {name}: {error.__name__} {why or ''}"
            )
