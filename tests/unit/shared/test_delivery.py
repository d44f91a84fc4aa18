"""Coalescing, and the pure-function rule."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.coalesce import Coalescer
from shared.delivery import pure
from shared.errors import DeadLetter, Skip


def test_what_a_pure_function_raises_is_a_dead_letter_and_instructions_pass() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    def skipping() -> None:
        raise Skip("listing")

    with pytest.raises(DeadLetter, match="processing_failed: ZeroDivisionError in broken"):
        pure(broken)
    with pytest.raises(Skip):
        pure(skipping)


async def test_one_turn_of_the_loop_is_one_call() -> None:
    calls: list[list[int]] = []

    async def work(items: Sequence[int]) -> list[int | Exception]:
        calls.append(list(items))
        return [DeadLetter("processing_failed") if item == 3 else item * 2 for item in items]

    coalescer = Coalescer[int, int](work, most=4)
    results = await asyncio.gather(*(coalescer(n) for n in range(6)), return_exceptions=True)
    assert results[:3] == [0, 2, 4]
    assert isinstance(results[3], DeadLetter)
    assert results[4:] == [8, 10]
    assert calls == [[0, 1, 2, 3], [4, 5]]


async def test_a_failed_call_fails_all_who_waited_for_it() -> None:
    async def work(_items: Sequence[int]) -> list[int | Exception]:
        raise RuntimeError("down")

    coalescer = Coalescer[int, int](work, most=10)
    results = await asyncio.gather(coalescer(1), coalescer(2), return_exceptions=True)
    assert [str(result) for result in results] == ["down", "down"]
