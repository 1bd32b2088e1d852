"""The installed command, run for real."""

import os
import socket
import subprocess
import sys

import pytest


def _hansa(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "hansa", *arguments],
        check=False,
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
    assert result.returncode == 1
    assert says in result.stderr


def test_wrong_arguments_end_with_2() -> None:
    assert _hansa("manage", "create_tenant", "fine").returncode == 2
    assert _hansa("manage", "rebuild_listing").returncode == 2


def test_rebuilding_the_listing_of_no_shop_says_so() -> None:
    result = _hansa("manage", "rebuild_listing", "--tenant", "nobody-here")
    assert result.returncode == 1
    assert "nobody-here" in result.stderr
