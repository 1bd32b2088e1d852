"""One address says where e-mail goes."""

from typing import Any

import pytest

from hansa.config.email import read_email_url


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://ada:p%40ss@mail.example", {"port": 587, "use_tls": True, "username": "ada", "password": "p@ss"}),
        ("smtps://mail.example", {"port": 465, "use_ssl": True, "use_tls": False}),
        ("smtp+plain://mail.example:2525", {"port": 2525, "use_ssl": False, "use_tls": False}),
    ],
)
def test_mail_servers(url: str, options: dict[str, Any]) -> None:
    mailer = read_email_url(url)
    assert mailer["BACKEND"].endswith("smtp.EmailBackend")
    assert mailer["OPTIONS"] | options == mailer["OPTIONS"]
    assert mailer["OPTIONS"]["host"] == "mail.example"


def test_files_and_the_console() -> None:
    assert read_email_url("file:///var/mail%20out")["OPTIONS"] == {"file_path": "/var/mail out"}
    assert read_email_url("console:")["BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize(
    "url", ["mail.example", "smtp://", "http://mail.example", "file:relative", "smtp://x:y@h:none"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_email_url(url)
