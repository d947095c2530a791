"""A mail server for measuring: each answer has its pause, and it throttles, greylists or ends conversations if told to.

It is a program of its own: `python -m tests.bench.relay PORT [--pause 0.05] [--a-minute 30] [--greylist 300] [--close-after 10]`.
For each line on standard input it says what it took: how many e-mails, tries that it refused, conversations, how many of them at
once at most, seconds from the first e-mail to the last, and how many recipients got one twice.
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter, defaultdict

TAKEN, LATER = "250 2.0.0 taken", "451 4.7.1 Greylisted, try again later"
TOO_MANY = "450 4.7.1 Error: too many messages from you"


class Relay:
    """What one run of the server took and refused."""

    def __init__(self, pause: float, a_minute: int, greylist: float, close_after: int) -> None:
        self.pause, self.a_minute, self.greylist, self.close_after = pause, a_minute, greylist, close_after
        self.taken: list[tuple[float, str]] = []
        self.recent: list[float] = []  # RCPTs that were taken, for the quota
        self.first: dict[str, float] = defaultdict(time.monotonic)
        self.refused = self.conversations = self.open = self.most_open = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak with one client."""
        self.conversations += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        recipient, number = "", 0

        async def say(text: str) -> None:
            await asyncio.sleep(self.pause)
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        try:
            await say("220 relay")
            while line := (await reader.readline()).decode().strip():
                verb = line[:4].upper()
                if verb == "QUIT":
                    break
                if verb == "MAIL" and self.close_after and number == self.close_after:
                    await say("421 4.4.2 closing")
                    break
                if verb == "RCPT":
                    recipient = line.partition("<")[2].partition(">")[0]
                    await say(self.judge(recipient))
                elif verb == "DATA":
                    await say("354 go on")
                    await reader.readuntil(b"\r\n.\r\n")
                    number += 1
                    self.taken.append((time.monotonic(), recipient))
                    await say(TAKEN)
                else:
                    await say("250 relay")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    def judge(self, recipient: str) -> str:
        """Return the answer to RCPT."""
        at = time.monotonic()
        self.recent = [moment for moment in self.recent if moment > at - 60]
        if self.a_minute and len(self.recent) >= self.a_minute:
            self.refused += 1
            return TOO_MANY
        if self.greylist and at - self.first[recipient] < self.greylist:
            self.refused += 1
            return LATER
        self.recent.append(at)
        return "250 2.1.5 ok"

    def report(self) -> dict[str, float]:
        """Return what it took."""
        moments = [moment for moment, _ in self.taken]
        return {
            "taken": len(self.taken),
            "refused": self.refused,
            "conversations": self.conversations,
            "most_open": self.most_open,
            "seconds": round(moments[-1] - moments[0], 2) if moments else 0,
            "twice": sum(number > 1 for number in Counter(to for _, to in self.taken).values()),
        }


async def serve(options: argparse.Namespace) -> None:
    """Serve until standard input ends."""
    relay = Relay(options.pause, options.a_minute, options.greylist, options.close_after)
    async with await asyncio.start_server(relay.converse, "127.0.0.1", options.port):
        print("ready", flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(relay.report()), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--a-minute", type=int, default=0)
    parser.add_argument("--greylist", type=float, default=0.0)
    parser.add_argument("--close-after", type=int, default=0)
    asyncio.run(serve(parser.parse_args()))
