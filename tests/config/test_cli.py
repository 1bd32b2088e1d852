"""The installed command, run for real."""

import os
import socket
import subprocess
import sys

import pytest


def _hansa(*arguments: str, input: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":  # noqa: A002
    return subprocess.run(
        [sys.executable, "-m", "hansa", *arguments],
        check=False,
        input=input,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | environment,
    )


def test_a_port_that_is_taken_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104  (the address that the server would take)
        taken.listen()
        port = taken.getsockname()[1]
        result = _hansa("serve", "--port", str(port))
    assert result.returncode == 1
    assert f"Port {port}" in result.stderr
    assert f"PORT={port + 1}" in result.stderr
    assert "Traceback" not in result.stderr


def test_create_tenant_makes_a_shop_and_says_so() -> None:
    slug = f"cli-{os.getpid()}"
    made = _hansa("manage", "create_tenant", slug, "--name", "Made by hand", "--currency", "JPY")
    assert (made.returncode, made.stdout) == (0, f"Created Made by hand ({slug}), prices in JPY.\n")
    again = _hansa("manage", "create_tenant", slug, "--name", "Again")
    assert again.returncode == 1
    assert "There is a tenant" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("Not A Slug", "--name", "X"), "small letters"), (("fine", "--name", "X", "--currency", "XXL"), "ISO 4217")],
)
def test_create_tenant_explains_what_it_refuses(arguments: tuple[str, ...], says: str) -> None:
    result = _hansa("manage", "create_tenant", *arguments)
    assert result.returncode == 2
    assert says in result.stderr


def test_wrong_arguments_end_with_2() -> None:
    assert _hansa("manage", "create_tenant", "fine").returncode == 2
    assert _hansa("manage", "rebuild_listing").returncode == 2


def test_rebuilding_the_listing_of_no_shop_says_so() -> None:
    result = _hansa("manage", "rebuild_listing", "--tenant", "nobody-here")
    assert result.returncode == 2
    assert "nobody-here" in result.stderr


def test_staff_a_domain_and_a_closed_shop_are_one_command_each() -> None:
    slug = f"cli-more-{os.getpid()}"
    assert _hansa("manage", "create_tenant", slug, "--name", "More").returncode == 0
    weak = _hansa("manage", "create_staff", "ada@more.example", "--tenant", slug, input="short\n")
    assert (weak.returncode, "12" in weak.stderr) == (2, True)
    strong = _hansa("manage", "create_staff", "ada@more.example", "--tenant", slug, input="a-long-enough-one\n")
    assert strong.returncode == 0, strong.stderr
    added = _hansa("manage", "add_domain", f"WWW.{slug}.example.", "--tenant", slug)
    assert added.stdout == f"{slug} answers at www.{slug}.example too.\n"
    assert _hansa("manage", "add_domain", f"www.{slug}.example", "--tenant", slug).returncode == 1
    assert _hansa("manage", "add_domain", "http://x", "--tenant", slug).returncode == 2
    assert _hansa("manage", "suspend_tenant", slug).stdout == f"{slug} is closed.\n"
    assert _hansa("manage", "suspend_tenant", slug, "--resume").stdout == f"{slug} is open again.\n"


def test_a_command_ends_at_once_when_its_work_is_done() -> None:
    result = _hansa("manage", "create_tenant", f"quick-{os.getpid()}", "--name", "Quick")
    assert result.returncode == 0
    assert "couldn't stop thread" not in result.stderr


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("HANSA_WORKERS", "0")])
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    result = _hansa("manage", "help", **{name: value})
    assert result.returncode == 1
    assert name.removeprefix("HANSA_").lower() in result.stderr.lower()
    assert "Traceback" not in result.stderr


def test_allowed_hosts_are_written_with_commas() -> None:
    assert _hansa("manage", "version", HANSA_ALLOWED_HOSTS="a.example, b.example").returncode == 0


@pytest.mark.services
def test_the_port_is_free_again_when_the_main_process_was_killed() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "hansa", "serve", "--port", str(port), "--workers", "2"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.stdout
    started = 0
    while started < 2:
        line = server.stdout.readline()
        assert line, "the server ended before it was up"
        started += "Started worker" in line
    server.kill()
    server.communicate(timeout=30)  # ends when the last worker has closed its end of the pipe
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("0.0.0.0", port))  # noqa: S104  (the address that the server takes)
