"""A pool of threads that an event loop awaits.

A ThreadPoolExecutor does the same through two futures for each call, one of them with locks, and takes half as long again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

Future = asyncio.Future[Any]
Result = TypeVar("Result")


class ThreadPool:
    """Daemon threads that run calls in the order in which they were queued."""

    def __init__(self, name: str, size: int) -> None:
        self._queue: SimpleQueue[tuple[Future, Callable[..., Any], tuple[Any, ...]]] = SimpleQueue()
        for place in range(size):
            Thread(target=self._run_queued, name=f"{name}_{place}", daemon=True).start()

    async def run(self, call: Callable[..., Result], *arguments: Any) -> Result:
        """Return what `call` returns in one of the threads, or raise what it raises."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._queue.put((future, call, arguments))
        return await future

    def _run_queued(self) -> None:
        while True:
            run_call(*self._queue.get())


def run_call(future: Future, call: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Run `call` and settle its future. As a function of its own it keeps no arguments alive while a thread is idle."""
    result, error = None, None
    try:
        result = call(*arguments)
    except BaseException as raised:
        error = raised
    try:
        with suppress(RuntimeError):  # the loop is closed, because the worker is ending
            future.get_loop().call_soon_threadsafe(settle, future, result, error)
    finally:
        del error  # the exception's traceback holds this frame: a reference cycle would keep the request in memory


def settle(future: Future, result: object, error: BaseException | None) -> None:
    """Set the result or the exception of a future, unless it was cancelled."""
    if future.done():
        return
    if error:
        future.set_exception(error)
    else:
        future.set_result(result)
