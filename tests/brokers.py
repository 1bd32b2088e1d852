"""RabbitMQ and Redis of our own: Debian's packages, started and ended by the test that uses them."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

START_SECONDS = 60
KINDS = ("database", "rabbitmq", "redis")
"""Where background work may wait; the database is what every installation has."""


class Broker(Protocol):
    """A server that can be taken away."""

    url: str

    def start(self) -> None:
        """Start it, with what it has kept, and wait until it answers."""

    def stop(self) -> None:
        """End it."""

    def wipe(self) -> None:
        """Forget all that a stopped server has kept."""


class _Server:
    """One server process with a directory of its own, on a port of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, env=os.environ | self.environment(), start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self._process.poll() is None, (self.directory / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, (self.directory / "log").read_text()[-2000:]
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is None:
            return
        # The whole session: RabbitMQ's shell script starts others, and none of them is anybody else's.
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def wipe(self) -> None:
        for path in self.data():
            shutil.rmtree(path, ignore_errors=True)

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def data(self) -> list[Path]:
        return [self.directory / "data"]

    def answers(self) -> bool:
        with socket.socket() as client:
            client.settimeout(2)
            if client.connect_ex(("127.0.0.1", self.port)):
                return False
            client.sendall(self.greeting())
            try:
                return bool(client.recv(1))
            except OSError:
                return False

    def greeting(self) -> bytes:
        raise NotImplementedError


class RabbitMQ(_Server):
    """Debian's rabbitmq-server, as its own user, with distribution on the loopback only."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        self._names, self._distribution = _free_port(), _free_port()
        (directory / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlog.console = true\nlog.file = false\n"
            "disk_free_limit.absolute = 50MB\n"
        )
        subprocess.run(["chown", "-R", "rabbitmq", directory], check=True)

    def command(self) -> list[str]:
        become = ["setpriv", "--reuid=rabbitmq", "--regid=rabbitmq", "--clear-groups"]
        return [*become, "/usr/lib/rabbitmq/bin/rabbitmq-server"]

    def environment(self) -> dict[str, str]:
        loopback = "{127,0,0,1}"
        return {
            "HOME": str(self.directory),
            "RABBITMQ_NODENAME": f"hansa{self.port}@localhost",
            "RABBITMQ_CONFIG_FILE": str(self.directory / "rabbitmq.conf"),
            "RABBITMQ_MNESIA_BASE": str(self.directory / "data"),
            "RABBITMQ_LOG_BASE": str(self.directory / "logs"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.directory / "plugins"),
            "RABBITMQ_PID_FILE": str(self.directory / "pid"),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {loopback}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._names),
        }

    def greeting(self) -> bytes:
        return b"AMQP\x00\x00\x09\x01"

    def stop(self) -> None:
        super().stop()
        for line in _processes():
            pid, _, command = line.partition(" ")
            if "epmd" in command and f"ERL_EPMD_PORT={self._names}" in _environment_of(pid):
                os.kill(int(pid), signal.SIGTERM)  # the node's own name server, which outlives it


class Redis(_Server):
    """Debian's redis-server, which writes down every command."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        data = self.directory / "data"
        data.mkdir(exist_ok=True)
        return [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(data),
            "--appendonly",
            "yes",
        ]

    def greeting(self) -> bytes:
        return b"PING\r\n"


@contextmanager
def broker(kind: str) -> Iterator[Broker | None]:
    """Run a broker of this kind; None for the database, which is there already."""
    if kind == "database":
        yield None
        return
    make: Callable[[Path], RabbitMQ | Redis] = RabbitMQ if kind == "rabbitmq" else Redis
    directory = Path(tempfile.mkdtemp(prefix=f"hansa-{kind}-"))
    directory.chmod(0o755)
    server = make(directory)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _processes() -> list[str]:
    return subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout.split("\n")


def _environment_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid.strip()}/environ").read_bytes().replace(b"\0", b"\n").decode(errors="replace")
    except OSError:
        return ""
