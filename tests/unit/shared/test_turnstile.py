"""Many at once, or one alone."""

import asyncio

from shared.turnstile import Turnstile


async def test_one_alone_meets_nobody_and_nobody_waits_for_ever() -> None:
    turnstile = Turnstile()
    inside: set[str] = set()
    most = 0

    async def beside(name: str) -> None:
        nonlocal most
        async with turnstile.shared():
            inside.add(name)
            assert not {one for one in inside if one.startswith("alone")}
            most = max(most, len(inside))
            await asyncio.sleep(0.001)
            inside.discard(name)

    async def alone(name: str) -> None:
        async with turnstile.alone():
            assert not inside
            inside.add(name)
            await asyncio.sleep(0.001)
            inside.discard(name)

    async with asyncio.timeout(10):
        await asyncio.gather(*(alone(f"alone{n}") if n % 5 == 0 else beside(f"shared{n}") for n in range(40)))
    assert most > 1
