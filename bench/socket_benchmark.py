"""What a thousand sockets cost one web process, and how long a message to all of them takes.

`python -m bench.socket_benchmark [--sockets 1000]`. Half of the sockets watch a variant of one shop, half one of
another; stock of the first changes, so whatever the second half hears is a foreign message. Memory is the growth of the
web process's resident set, after the first twenty sockets; beside it that of an application that does nothing,
because most of it belongs to the server: granian's WebSocket library takes 128 KiB for each to read into.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import websockets

from bench.rig import Rig
from hansa.config import cli

PORT = 8973
WARM = 20
SHOPS = ("left", "right")


def resident_kib(pid: int) -> int:
    """Return the resident set of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def web_process(parent: int) -> int:
    """Return the one web process of a server."""
    return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[-1])


async def connect(port: int, host: str, path: str) -> websockets.ClientConnection:
    """Open a socket and read its first message."""
    socket = await websockets.connect(f"ws://{host}:{port}{path}", host="127.0.0.1", compression=None, max_queue=64)
    first = json.loads(await socket.recv())
    if first["type"] not in {"ready", "stock"}:
        raise SystemExit(str(first))
    return socket


async def crowd(
    port: int, hosts: list[tuple[str, str]], number: int, pid: int
) -> tuple[list[websockets.ClientConnection], float]:
    """Open so many sockets, in turns for each host, and return them with what one of them costs, in KiB."""
    sockets = [await connect(port, *hosts[one % len(hosts)]) for one in range(WARM)]
    await asyncio.sleep(1)
    before = resident_kib(pid)
    for start in range(WARM, number + WARM, 50):
        ends = range(start, min(start + 50, number + WARM))
        sockets += await asyncio.gather(*(connect(port, *hosts[one % len(hosts)]) for one in ends))
    await asyncio.sleep(2)
    return sockets, (resident_kib(pid) - before) / number


async def bare(number: int) -> tuple[float, float]:
    """Return KiB for each socket, and seconds until all have heard one message, of the bare application."""
    with served_bare() as pid:
        sockets, kib = await crowd(PORT + 1, [("localhost", "/")], number, pid)
        started = time.perf_counter()
        await sockets[0].send("go")
        await asyncio.gather(*(one.recv() for one in sockets))
        return kib, time.perf_counter() - started


@contextmanager
def served_bare() -> Iterator[int]:
    """Serve the application that does nothing, and return the web process."""
    code = (
        "from granian import Granian; from granian.constants import Interfaces;"
        f"Granian('bench.sockets_bare:application', port={PORT + 1}, interface=Interfaces.ASGI, workers=1,"
        " websockets=True).serve()"
    )
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(4)
        yield web_process(server.pid)
    finally:
        server.terminate()
        server.wait(20)


async def ours(rig: Rig, number: int, variants: list[str], sell: Callable[[], None]) -> dict[str, float]:
    """Measure Hansa's own application."""
    hosts = [(f"{slug}.localhost", f"/ws/stock/{variant}") for slug, variant in zip(SHOPS, variants, strict=True)]
    sockets, kib = await crowd(rig.port, hosts, number, web_process(rig.server))
    listening, strangers = sockets[0::2], sockets[1::2]
    took, foreign = [], 0
    for _ in range(3):
        started = time.perf_counter()
        await asyncio.to_thread(sell)
        told = time.perf_counter()
        said = await asyncio.gather(*(one.recv() for one in listening))
        took.append((time.perf_counter() - told, told - started))
        foreign += len([text for text in said if json.loads(text)["variant_id"] != variants[0]])
    for one in strangers:
        try:
            await asyncio.wait_for(one.recv(), 0.001)
            foreign += 1
        except TimeoutError:
            continue
    peak = resident_kib(web_process(rig.server))
    return {
        "kib": kib,
        "seconds": max(one for one, _ in took),
        "foreign": foreign,
        "resident_mib": peak / 1024,
        "heard": len(listening),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sockets", type=int, default=1000)
    number = parser.parse_args().sockets
    os.environ["HANSA_MAX_SOCKETS_PER_ADDRESS"] = "100000"
    with tempfile.TemporaryDirectory(prefix="hansa-bench-") as home:
        Path(home).chmod(0o755)
        rig = Rig(Path(home), PORT, "hansa.config.asgi:application", workers=1)
        server = cli.start_database()
        cli.set_up_django()
        try:
            variants, sell = fill()
            bare_kib, bare_seconds = asyncio.run(bare(number))
            with rig.serving():
                found = asyncio.run(ours(rig, number, variants, sell))
        finally:
            if server:
                server.release()
    print(f"{number} sockets on one process: {found['kib']:.1f} KiB each, {found['resident_mib']:.0f} MiB in all;")
    print(f"  the server alone {bare_kib:.1f} KiB each, so Hansa's own {found['kib'] - bare_kib:.1f} KiB")
    print(f"  a message to {found['heard']:.0f}: {found['seconds'] * 1000:.0f} ms after the commit (the longest of 3);")
    print(f"  the server alone to {number + WARM}: {bare_seconds * 1000:.0f} ms")
    print(f"  messages that the other shop's sockets heard: {found['foreign']:.0f}")


def fill() -> tuple[list[str], Callable[[], None]]:
    """Make two shops with a mug each; return the variants, and what sells one of the first."""
    from django.db import connection

    from hansa.domain.catalog.models import Variant
    from hansa.domain.catalog.services.publish_stock import lock_for_publishing, publish_stock
    from hansa.domain.catalog.services.upsert_products import upsert_products
    from hansa.domain.catalog.types import ProductDraft, VariantDraft
    from hansa.domain.tenants.services.create import create_tenant
    from hansa.kernel import clock
    from hansa.kernel.tenancy import tenant_scope
    from hansa.kernel.transactions import transaction

    mug = ProductDraft(
        source_key="mug",
        name="Mug",
        is_published=True,
        variants=(VariantDraft(option_values=(), price_amount=1000, is_stock_tracked=True, stock_quantity=1000),),
    )
    tenants, variants = [], []
    for slug in SHOPS:
        tenants.append(create_tenant(slug=slug, name=slug.title()))
        with tenant_scope(tenants[-1]), transaction():
            upsert_products((mug,), now=clock.now())
            variants.append(Variant.objects.get().pk)
    left = [1000]

    def sell() -> None:
        left[0] -= 1
        with tenant_scope(tenants[0]), transaction():
            lock_for_publishing([variants[0]])
            publish_stock(stock={variants[0]: (left[0], 0)})
        connection.close()

    connection.close()
    return [str(one) for one in variants], sell


if __name__ == "__main__":
    main()
