"""Argon2id, and never more of it at once than the process can afford."""

import threading
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password
from django.test import override_settings


def test_passwords_are_hashed_with_argon2id() -> None:
    from hansa.config.settings import PASSWORD_HASHERS  # those of the installation; the suite's own are quicker

    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        _are_hashed_with_argon2id()


def _are_hashed_with_argon2id() -> None:
    encoded = make_password("a password")
    assert identify_hasher(encoded).algorithm == "argon2"
    assert "$argon2id$v=19$m=47104,t=1,p=1$" in encoded
    assert check_password("a password", encoded)
    assert not check_password("another", encoded)


def test_no_more_than_so_many_hash_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, hashing, most = threading.Lock(), 0, 0
    enough = threading.Event()
    genuine = Argon2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        nonlocal hashing, most
        with lock:
            hashing += 1
            most = max(most, hashing)
            if hashing == settings.PASSWORD_HASHES_AT_ONCE:
                enough.set()
        assert enough.wait(10)  # until as many hash as may
        encoded: str = genuine(self, password, salt)
        with lock:
            hashing -= 1
        return encoded

    monkeypatch.setattr(Argon2PasswordHasher, "encode", counted)
    threads = [threading.Thread(target=make_password, args=("a password",)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == settings.PASSWORD_HASHES_AT_ONCE
