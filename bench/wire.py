"""Clients that cost next to nothing, so that the server is what is timed."""

import asyncio
import time
from collections.abc import Iterable, Mapping


def request(path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST {path} HTTP/1.1\r\nHost: bench\r\n{told}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def sent(port: int, requests: Iterable[bytes], clients: int, status: int) -> list[float]:
    """Seconds until each is answered with `status`, over so many connections at once."""
    return asyncio.run(_sent(port, requests, clients, f" {status} ".encode()))


async def _sent(port: int, requests: Iterable[bytes], clients: int, status: bytes) -> list[float]:
    connected = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    waiting, took = iter(requests), list[float]()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for one in waiting:
            began = time.perf_counter()
            writer.write(one)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            body = await reader.readexactly(length)
            took.append(time.perf_counter() - began)
            assert status in head.partition(b"\r\n")[0], (head, body)

    await asyncio.gather(*(client(*each) for each in connected))
    for _, writer in connected:
        writer.close()
    return took
