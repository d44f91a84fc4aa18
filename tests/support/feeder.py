"""Publishes a stream of records over time, whatever happens to the broker: as a producer of pages elsewhere would."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from aiokafka.errors import KafkaError

from shared import kafka
from shared.settings import KafkaSettings
from tests.support.pages_stream import Sent

AT_ONCE = 5
FIRST = 20


class Feeder:
    """`await run()` publishes the first records, and after `flow()` the others evenly over `seconds`.

    After `hurry()` it publishes what is left without pauses. A send that fails is done again, with a new producer: some
    records come twice then, with the same id.
    """

    def __init__(self, settings: KafkaSettings, records: Sequence[Sent], *, seconds: float) -> None:
        self._settings = settings
        self._records = records
        self._pause = seconds * AT_ONCE / max(1, len(records))
        self._flow = asyncio.Event()
        self._hurry = asyncio.Event()
        self.sent = 0
        self.failures: list[str] = []

    @property
    def share(self) -> float:
        """How much of the stream is out."""
        return self.sent / len(self._records)

    def flow(self) -> None:
        """Go on after the first records."""
        self._flow.set()

    def hurry(self) -> None:
        """Publish the rest without pauses."""
        self._flow.set()
        self._hurry.set()

    async def run(self) -> None:
        while self.sent < len(self._records):
            producer = kafka.producer(self._settings, client_id="test-feeder")
            try:
                await producer.start()
                while self.sent < len(self._records):
                    part = self._records[self.sent : self.sent + AT_ONCE]
                    await asyncio.gather(*(
                        producer.send_and_wait(one.topic, key=one.key, value=one.value, headers=one.headers)
                        for one in part
                    ))  # fmt: skip
                    self.sent += len(part)
                    if self.sent >= FIRST:
                        await self._flow.wait()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._hurry.wait(), self._pause)
            except KafkaError as error:
                self.failures.append(repr(error))
                await asyncio.sleep(0.5)
            finally:
                with suppress(TimeoutError, KafkaError):
                    await asyncio.wait_for(producer.stop(), 10)
