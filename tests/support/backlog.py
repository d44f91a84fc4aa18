"""Reading the backlog in tests."""

from aiokafka.errors import KafkaError

from shared import kafka
from shared.backlog import Backlog, BacklogReader
from tests.support.cluster import until


async def patiently(reader: BacklogReader, *services: str) -> Backlog:
    """As its callers do: a new broker's coordinator isn't there at once."""

    async def read() -> Backlog | None:
        try:
            return await reader.read(services)
        except KafkaError as error:
            if kafka.will_pass(error):
                return None
            raise

    return await until(read)  # type: ignore[no-any-return]
