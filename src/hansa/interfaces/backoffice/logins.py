"""Logins to the back office, for the audit log."""

from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.urls import reverse

from hansa.domain.accounts.models import User
from hansa.domain.audit.services.record import record
from hansa.interfaces.acting import origin, staff_actor
from hansa.kernel.actors import Actor
from hansa.kernel.transactions import transaction

NOT_STAFF = "somebody who does not work here"


def record_logins() -> None:
    """Record from now on who logs in, who logs out, and who tries in vain."""
    user_logged_in.connect(_logged_in, dispatch_uid="audit")
    user_logged_out.connect(_logged_out, dispatch_uid="audit")
    user_login_failed.connect(_failed, dispatch_uid="audit")


def _logged_in(request: HttpRequest, user: User, **_: object) -> None:
    _record(request, user, "staff.logged_in")


def _logged_out(request: HttpRequest, user: User | None, **_: object) -> None:
    _record(request, user, "staff.logged_out")


def _record(request: HttpRequest, user: User | None, action: str) -> None:
    if user is not None and user.is_staff:
        with transaction():
            actor = staff_actor(request, user)
            record(action=action, object_type="user", object_id=user.pk, label=user.email, actor=actor)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: object) -> None:
    """Record who was tried, whether or not there is such a person: both must take as long.

    Only the address of somebody who works here is written down. Any other may be a shopper's, who can have
    themselves forgotten, and the log is never changed.
    """
    if request is None or not request.path.startswith(reverse("admin:index")):
        return
    tried = str(credentials.get("username", "")).replace("\x00", "").strip().lower()[:254]
    with transaction():
        is_staff = User.objects.filter(email=tried, is_staff=True).exists()
        actor = Actor(kind="system", label="back office", **origin(request))
        record(action="staff.login_failed", object_type="user", label=tried if is_staff else NOT_STAFF, actor=actor)
