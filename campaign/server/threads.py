"""Threads that work for an event loop, which goes on meanwhile.

A ThreadPoolExecutor does the same by way of two futures for each call, one of them with locks: half as much work again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

Answer = asyncio.Future[Any]
Result = TypeVar("Result")


class Threads:
    """So many threads, which take up calls in the order in which they came. They end with the process."""

    def __init__(self, name: str, number: int) -> None:
        self._calls: SimpleQueue[tuple[Answer, Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        for place in range(number):
            Thread(target=self._take_up_calls, name=f"{name}_{place}", daemon=True).start()

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Return what `work` returns in one of the threads, or raise what it raises."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._calls.put((answer, work, arguments))
        return await answer

    def _take_up_calls(self) -> None:
        while True:
            take_up(*self._calls.get())


def take_up(answer: Answer, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Call `work`, and tell the event loop what came of it. It is a function, so a thread that waits keeps nothing in memory."""
    result, error = None, None
    try:
        result = work(*arguments)
    except BaseException as raised:
        error = raised
    try:
        with suppress(RuntimeError):  # the loop is closed, as the worker ends
            answer.get_loop().call_soon_threadsafe(settle, answer, result, error)
    finally:
        del error  # or what it knew would stay in memory, in a circle of this frame and the error


def settle(answer: Answer, result: object, error: BaseException | None) -> None:
    """Answer whoever waits, unless nobody does any more."""
    if answer.done():
        return
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(result)
