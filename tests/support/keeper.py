"""The services as an orchestrator keeps them: what ends by itself is recorded, and started again."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Collection, Mapping

import msgspec

from cli.supervise import SERVICES
from tests.support.cluster import Cluster, Service

RESTART_SECONDS = 1.0
POLL_SECONDS = 0.1
TAIL = 4000
CRASH_WORDS = ('"service.crashed"', '"service.stalled"', "Fatal Python error")
NO_MORE: Mapping[str, str] = {}


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A worker that ended though nobody asked it to."""

    service: str
    code: int
    log: str


class Worker:
    """One process of a service. `ours` once we end it ourselves."""

    def __init__(self, name: str, service: Service, environment: Mapping[str, str], *, extra: bool) -> None:
        self.name = name
        self.service = service
        self.environment = environment
        self.extra = extra
        self.ours = False

    @property
    def pid(self) -> int:
        return self.service.process.pid

    @property
    def runs(self) -> bool:
        return self.service.process.poll() is None


class Keeper:
    """Starts, restarts and ends workers; one of each service stays up, extra ones come and go."""

    def __init__(self, cluster: Cluster, environment: Mapping[str, str]) -> None:
        self._cluster = cluster
        self._environment = dict(environment)
        self._numbers: Counter[str] = Counter()
        self.workers: list[Worker] = []
        self.logs = cluster.folder
        """Where logs of workers go that start from now on."""
        self.ended: list[Ended] = []
        """Everything that ended by itself."""
        self.stops: list[tuple[str, int]] = []
        """Service and exit code of everything that was asked to end with SIGTERM."""

    def start(self, name: str, *, extra: bool = False, environment: Mapping[str, str] = NO_MORE) -> Worker:
        """Start a worker of the service; its log has a number of its own."""
        self._numbers[name] += 1
        log = self.logs / f"{name}-{self._numbers[name]}.log"
        settings = {**self._cluster.environment, **self._environment, **environment}
        service = Service(["cli", name], settings, log)
        self._cluster.services.append(service)
        worker = Worker(name, service, environment, extra=extra)
        self.workers.append(worker)
        return worker

    def start_all(self) -> None:
        for name in SERVICES:
            self.start(name)

    def main(self, name: str) -> Worker:
        """The worker that stays, the latest one."""
        return next(one for one in reversed(self.workers) if one.name == name and not one.extra)

    async def up(self, worker: Worker, *, seconds: float = 120) -> None:
        """Wait until the worker has begun its work, or has ended."""
        async with asyncio.timeout(seconds):
            while worker.runs and '"service.started"' not in worker.service.text():
                await asyncio.sleep(POLL_SECONDS)

    def kill(self, worker: Worker) -> None:
        """kill -9."""
        worker.ours = True
        worker.service.process.kill()

    async def crash(self, name: str, pause: float = 0.2, *, environment: Mapping[str, str] = NO_MORE) -> Worker:
        """kill -9 of the worker that stays, and a new one after a pause."""
        self.kill(self.main(name))
        await asyncio.sleep(pause)
        return self.start(name, environment=environment)

    async def stop(self, worker: Worker, *, patience: float = 60) -> int:
        """SIGTERM, and wait for the end; -9 when it took longer than `patience`."""
        worker.ours = True
        worker.service.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(patience):
                while worker.runs:
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            worker.service.process.kill()
        code = worker.service.process.wait()
        # One that is told before it has begun ends as any program does.
        self.stops.append((worker.name, 0 if code == -signal.SIGTERM and not worker.service.text() else code))
        return self.stops[-1][1]

    async def watch(self) -> None:
        """Restart what ends by itself, until cancelled."""
        while True:
            for worker in [one for one in self.workers if not one.ours and not one.runs]:
                worker.ours = True
                code = worker.service.process.returncode
                self.ended.append(Ended(service=worker.name, code=code, log=worker.service.text()[-TAIL:]))
                if not worker.extra:
                    await asyncio.sleep(RESTART_SECONDS)
                    self.start(worker.name, environment=worker.environment)
            await asyncio.sleep(POLL_SECONDS)

    def crashes(self, *, but: Collection[str] = ()) -> list[str]:
        """What workers say of an unknown error or a stall that ended them; not those of the services named."""
        return [
            f"{worker.service.log.name}: {_summary(line)}"
            for worker in self.workers
            if worker.name not in but
            for line in worker.service.text().splitlines()
            if any(word in line for word in CRASH_WORDS)
        ]

    def tails(self) -> str:
        """The end of the log of each worker that runs."""
        return "\n".join(
            f"--- {worker.service.log}\n{worker.service.text()[-1500:]}" for worker in self.workers if worker.runs
        )


def _summary(line: str) -> str:
    try:
        fields = json.loads(line)
    except ValueError:
        return line[:300]
    return f"{fields.get('error.type')}: {fields.get('error.message')}"
