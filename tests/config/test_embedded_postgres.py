"""PostgreSQL from the wheel: shared, stopped by the last, not blocked by a crash, clear when it cannot."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hansa.config.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError

USER = """
import sys
from pathlib import Path
from hansa.config.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print("started", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hansa-embedded-", ignore_cleanup_errors=True) as directory:
        yield Path(directory) / "home"


class _User:
    """Another process that uses the same server."""

    def __init__(self, home: Path, *, durable: bool = False) -> None:
        script = USER.replace("durable=False", f"durable={durable}")
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        while line and line != "started\n":
            line = self.process.stdout.readline()
        assert line == "started\n"

    def leave(self) -> None:
        self.process.communicate("bye\n", timeout=60)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=60)


def _postmaster(home: Path) -> int | None:
    """Return the server's process id while it runs."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    return pid


def _ask(home: Path, role: str = "hansa_app") -> str:
    with psycopg.connect(EmbeddedPostgres(home).url(role)) as connection:
        row = connection.execute("SELECT current_user || ' ' || current_setting('server_version_num')").fetchone()
    assert row
    return str(row[0])


def test_two_processes_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    first, second = _User(home), _User(home)
    server = _postmaster(home)
    assert server is not None
    first.leave()
    assert _postmaster(home) == server
    assert _ask(home).startswith("hansa_app 18")
    second.leave()
    assert _postmaster(home) is None


def test_a_process_that_was_killed_does_not_block_the_next_start(home: Path) -> None:
    killed = _User(home)
    server = _postmaster(home)
    killed.kill()
    following = _User(home)
    assert _postmaster(home) == server
    following.leave()
    assert _postmaster(home) is None


def test_a_server_that_was_killed_starts_again_with_its_data(home: Path) -> None:
    first = _User(home, durable=True)
    with psycopg.connect(EmbeddedPostgres(home).url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server = _postmaster(home)
    assert server
    os.kill(server, signal.SIGKILL)
    first.kill()
    second = _User(home)
    with psycopg.connect(EmbeddedPostgres(home).url("postgres")) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    second.leave()


def test_a_start_that_was_cut_off_while_it_made_the_database_is_made_good(home: Path) -> None:
    user = _User(home)
    with psycopg.connect(EmbeddedPostgres(home).url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE hansa")
        connection.execute("CREATE DATABASE hansa_new")
    user.leave()
    again = _User(home)
    assert _ask(home).startswith("hansa_app")
    again.leave()


def test_many_processes_that_start_at_once_make_one_server(home: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", USER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for process in processes:
        output, _ = process.communicate("bye\n", timeout=120)
        assert "started" in output
        assert process.returncode == 0
    assert _postmaster(home) is None


def test_a_home_with_a_very_long_path_works(home: Path) -> None:
    deep = home.parent / ("a-long-name-" * 12)
    user = _User(deep)
    assert _ask(deep).startswith("hansa_app")
    user.leave()


@pytest.mark.parametrize("name", ["with space", "it's", "a,b", "100%20", "größe"])
def test_a_home_with_an_odd_name_works(home: Path, name: str) -> None:
    odd = home.parent / name
    user = _User(odd)
    assert _ask(odd).startswith("hansa_app")
    user.leave()
    assert _postmaster(odd) is None


@pytest.mark.parametrize("name", ['say "hi"', "$(x)", "`x`", "back\\slash"])
def test_a_home_that_a_shell_would_misread_is_refused_before_anything_is_made(home: Path, name: str) -> None:
    with pytest.raises(EmbeddedPostgresError, match="HANSA_HOME"):
        EmbeddedPostgres(home.parent / name).start()
    assert not (home.parent / name).exists()


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    with pytest.raises(EmbeddedPostgresError, match="HANSA_HOME") as refused:
        EmbeddedPostgres(in_the_way / "home").start()
    assert str(in_the_way) in str(refused.value)


def test_data_of_another_major_version_are_left_alone_and_named(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    (home / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 16"):
        EmbeddedPostgres(home).start()
    assert (home / "postgres" / "PG_VERSION").read_text() == "16\n"


def test_a_server_that_will_not_start_shows_the_end_of_its_log(home: Path) -> None:
    _User(home).leave()
    with (home / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'nonsense'\n")
    with pytest.raises(EmbeddedPostgresError, match="nonsense"):
        EmbeddedPostgres(home).start()


def test_the_application_cannot_reach_the_owners_rights(home: Path) -> None:
    user = _User(home)
    with psycopg.connect(EmbeddedPostgres(home).url("hansa_app")) as connection:
        memberships = connection.execute(
            "SELECT r.rolname FROM pg_roles r WHERE pg_has_role('hansa_app', r.oid, 'MEMBER')"
        ).fetchall()
        assert memberships == [("hansa_app",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
    user.leave()
