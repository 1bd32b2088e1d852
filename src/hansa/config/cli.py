"""The installed command: `hansa serve | demo | worker | manage`."""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError

from hansa.config.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from hansa.config.environment import get_environment
from hansa.config.lifetime import MAIN_PROCESS, end_with_main_process
from hansa.config.safety import unsafe_settings
from hansa.config.supervisor import supervise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hansa.config.settings")

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Hansa: many merchants' shops in one installation.",
)

# Commands that never ask the database; they work without one.
_WITHOUT_DATABASE = frozenset({"help", "version", "collectstatic", "findstatic", "diffsettings"})


HEADER_TIMEOUT_SECONDS = 10
"""How long a client may take to say what it wants; for the body see `interfaces/guards/bodies.py`."""


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Default: PORT or 8000.")] = None,
    workers: Annotated[int | None, typer.Option(help="Web processes; default: HANSA_WORKERS or 2.")] = None,
) -> None:
    """Serve all shops."""
    _refuse_unsafe_settings()
    port = _choose_port(port)
    start_database()
    serve_application(port, workers or get_environment().workers)


@app.command()
def demo(port: Annotated[int | None, typer.Option(help="Default: PORT or 8000.")] = None) -> None:
    """Fill two demo shops on first use, then serve."""
    port = _choose_port(port)
    _check_port(port)
    os.environ.setdefault("HANSA_LOG_FORMAT", "text")
    get_environment.cache_clear()
    start_database()
    set_up_django()
    from hansa.config.demo.seed import introduce, seed_demo  # noqa: PLC0415  (needs Django)

    with EmbeddedPostgres(get_environment().home).setting_up():
        seed_demo()
    introduce(port)
    serve_application(port, get_environment().workers)


@app.command()
def worker(
    concurrency: Annotated[
        int | None, typer.Option(help="Short tasks at the same time; default: HANSA_WORKER_CONCURRENCY or 2.")
    ] = None,
    part: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Do the background work of all shops; `serve` and `demo` start one themselves."""
    end_with_main_process()
    _refuse_unsafe_settings()
    concurrency = concurrency or get_environment().worker_concurrency
    # Everybody who works at the same time needs a connection now and then.
    os.environ["HANSA_DATABASE_POOL_SIZE"] = str(max(get_environment().database_pool_size, 2 * concurrency + 20))
    get_environment.cache_clear()
    start_database()
    set_up_django()
    from hansa.config.worker import work, work_part  # noqa: PLC0415  (needs Django)

    stop = threading.Event()
    broker_url = get_environment().broker_url
    if not part or part == "dispatch":
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    if part:
        work_part(part, broker_url=broker_url, concurrency=concurrency, pause=stop.wait)
    else:
        work(broker_url=broker_url, concurrency=concurrency, pause=stop.wait)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
def manage(context: typer.Context) -> None:
    """Run a management command: `hansa manage help` lists them."""
    arguments = context.args or ["help"]
    if arguments[0] == "migrate":
        os.environ["HANSA_DATABASE_ROLE"] = "owner"
        get_environment.cache_clear()
        if get_environment().database_url and not get_environment().owner_database_url:
            _fail("Set HANSA_OWNER_DATABASE_URL: tables are made as hansa_owner (see docs/operations.md).")
        _embedded(lambda server: server.start())
        atexit.register(_close_pool)
    elif arguments[0] not in _WITHOUT_DATABASE and "--help" not in arguments and "-h" not in arguments:
        start_database()
    from django.core.management import execute_from_command_line  # noqa: PLC0415  (only this command needs it)

    execute_from_command_line(["hansa manage", *arguments])


def start_database() -> EmbeddedPostgres | None:
    """Have a database with all tables: the embedded one is started and migrated, a real one is taken as it is.

    Returns the embedded server, which stops with the last process that uses it.
    """

    def start(server: EmbeddedPostgres) -> None:
        server.start()
        with server.setting_up():
            _migrate(server)

    server = _embedded(start)
    atexit.register(_close_pool)  # runs before the server's own farewell, which was registered earlier
    return server


def _embedded(action: Callable[[EmbeddedPostgres], None]) -> EmbeddedPostgres | None:
    environment = get_environment()
    if environment.database_url:
        return None
    server = EmbeddedPostgres(environment.home)
    try:
        action(server)
    except EmbeddedPostgresError as error:
        _fail(str(error))
    return server


def _migrate(server: EmbeddedPostgres) -> None:
    """Migrate as hansa_owner, in a process of its own, when the migrations on disk are not the ones applied."""
    from hansa.config.migrations import migrations_fingerprint  # noqa: PLC0415

    stamp = server.home / "migrated"
    fingerprint = migrations_fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    print("hansa: preparing the database …", flush=True)  # noqa: T201
    server.prepare_roles("hansa")  # a newer version may need a role that this database has not seen
    result = subprocess.run(
        [sys.executable, "-m", "hansa", "manage", "migrate", "--verbosity", "0"],
        check=False,
        env=os.environ | {"HANSA_DATABASE_ROLE": "owner"},
    )
    if result.returncode:
        _fail("The database could not be migrated; the reason stands above. Nothing was started.")
    stamp.write_text(fingerprint)


def _close_pool() -> None:
    """Close the pool, if there is one: its threads would keep the process from ending."""
    if "hansa.kernel.postgresql.base" in sys.modules:
        from hansa.kernel.postgresql.pool import close_connections  # noqa: PLC0415

        close_connections()


def set_up_django() -> None:
    """Load Django; only after the database is there, because settings and apps may ask it."""
    import django  # noqa: PLC0415

    django.setup()


def serve_application(port: int, workers: int, target: str = "hansa.config.asgi:application") -> None:
    """Serve `target` with the given number of web processes, unless the database role could look over the wall."""
    _check_port(port)
    set_up_django()
    from django.db import connection  # noqa: PLC0415
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415

    from hansa.kernel.isolation import WallDown, check_wall  # noqa: PLC0415
    from hansa.kernel.postgresql.pool import close_connections  # noqa: PLC0415

    try:
        check_wall(connection)
    except WallDown as error:
        _fail(str(error))
    finally:
        close_connections()
    os.environ[MAIN_PROCESS] = str(os.getpid())
    with _worker_beside() if get_environment().worker else nullcontext():
        Granian(
            target,
            address="0.0.0.0",  # noqa: S104  (a shop is there to be reached)
            port=port,
            interface=Interfaces.ASGI,
            workers=workers,
            respawn_failed_workers=True,
            log_access=False,
            websockets=True,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_SECONDS * 1000),
        ).serve()


@contextmanager
def _worker_beside() -> Iterator[None]:
    """Keep a worker running beside the web processes."""
    stop = threading.Event()
    keeper = threading.Thread(target=supervise, args=([["worker"]],), kwargs={"pause": stop.wait})
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _refuse_unsafe_settings() -> None:
    unsafe = unsafe_settings(get_environment())
    if unsafe:
        _fail("Nothing was started, because these settings are not safe in production:\n- " + "\n- ".join(unsafe))


def _choose_port(port: int | None) -> int:
    """Return the port to serve on, and let the other processes know: links in e-mail carry it."""
    port = port or get_environment().port
    os.environ["PORT"] = str(port)
    get_environment.cache_clear()
    return port


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104  (the same address that we will serve on)
        except OSError as error:
            _fail(f"Port {port} cannot be used: {error.strerror}. Choose another: PORT={port + 1} make demo")


def _fail(message: str) -> NoReturn:
    print(f"hansa: {message}", file=sys.stderr)  # noqa: T201
    raise SystemExit(1)


def main() -> None:
    """Run the command line; settings that make no sense are named instead of raised."""
    try:
        get_environment()
    except (ValidationError, SettingsError) as error:
        reasons = [f"{e['loc'][0]}: {e['msg']}" for e in error.errors()] if isinstance(error, ValidationError) else []
        _fail(f"A setting makes no sense. {'; '.join(reasons) or error} (docs/operations.md lists them.)")
    app()
