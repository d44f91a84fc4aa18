"""The disk of the services' logs and temporary files full, in mid-stream."""

from pathlib import Path

import pytest

from cli.supervise import SERVICES
from tests.support.cluster import Cluster, until
from tests.support.disturbed import Run, World, disturbed
from tests.support.full_disk import full_disk

pytestmark = pytest.mark.timeout(1200)


async def test_a_full_disk_costs_log_lines_only(cluster: Cluster, world: World, seed: int, tmp_path: Path) -> None:
    with full_disk(tmp_path / "full") as disk:

        async def faults(run: Run) -> None:
            run.keeper.logs = disk.path
            run.may_end = frozenset({"parser"})  # its language model is unpacked into TMPDIR: it can't start without
            on_it = {"TMPDIR": str(disk.path)}
            for name in run.rng.sample(SERVICES, len(SERVICES)):
                await run.moment()
                run.say(f"kill -9 {name}, again with its log and TMPDIR on a full disk")
                await run.keeper.crash(name, environment=on_it)
            await run.moment(8, 12)
            for name in run.rng.sample(SERVICES, 2):
                code = await run.keeper.stop(run.keeper.main(name))
                run.say(f"{name} ended with {code} on SIGTERM")
                run.keeper.start(name, environment=on_it)
            await run.moment(1, 4)
            written = run.keeper.main("indexer").service.log.stat().st_size
            disk.make_room()
            run.say("there is room again")

            async def logged() -> bool:
                return run.keeper.main("indexer").service.log.stat().st_size > written

            await until(logged, seconds=120)

        run = await disturbed(world, cluster, seed, faults)
    assert [code for _, code in run.keeper.stops] == [0, 0]
