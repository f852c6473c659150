"""The floor of the wall: a server that only broadcasts, made of the `websockets` library and nothing of ours."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from time import monotonic

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

GO = "go"
MESSAGE = '{{"began": {began:.6f}, "words": "{words}"}}'
WORDS = "x" * 240


async def main(port: int) -> None:
    """Whoever connects listens; whoever says GO makes all hear one message of 300 bytes."""
    listening: set[ServerConnection] = set()

    async def door(connection: ServerConnection) -> None:
        listening.add(connection)
        with suppress(ConnectionClosed):
            async for said in connection:
                if said == GO:
                    broadcast(listening, MESSAGE.format(began=monotonic(), words=WORDS))
        listening.discard(connection)

    async with serve(door, "127.0.0.1", port, ping_interval=None, compression=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
