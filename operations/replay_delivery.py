"""A record's end in a replay: as a service brings it about, or only rehearsed. Both say which end it was."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from shared import codec
from shared.codec import Envelope
from shared.delivery import LogFields, Outgoing, Publisher, Work, deliver
from shared.errors import DeadLetter, Retry
from shared.health import Health
from shared.settings import HealthSettings

End = Callable[[Any, Work], Coroutine[Any, Any, str]]
# The work's own word for its end, in its log fields.
END_FIELD = "labels.end"


def delivery(publisher: Publisher) -> End:
    """Do the work and publish what came of it, or the dead letter."""
    health = Health(publisher.service, HealthSettings())

    async def end(record: Any, work: Work) -> str:
        said: LogFields = {}

        async def noted(envelope: Envelope[Any], fields: LogFields) -> list[Outgoing]:
            nonlocal said
            said = fields
            return list(await work(envelope, fields))

        await deliver(record, noted, publisher, health, action="page.replayed")
        return str(said[END_FIELD]) if said["event.outcome"] == "success" else dead(str(said["event.reason"]))

    return end


async def rehearsal(record: Any, work: Work) -> str:
    """Do the work and publish nothing."""
    fields: LogFields = {}
    envelope = codec.decode(record.headers, record.value)
    while True:
        try:
            await work(envelope, fields)
        except DeadLetter as why:
            return dead(why.reason)
        except Retry as retry:
            await asyncio.sleep(retry.after)
        else:
            return str(fields[END_FIELD])


def dead(reason: str) -> str:
    """The word for a dead letter."""
    return f"dead letter: {reason}"
