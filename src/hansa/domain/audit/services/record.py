"""Say something in the audit log that is no change of a row."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hansa.kernel.actors import Actor, find_current_actor
from hansa.kernel.postgresql.batches import tell
from hansa.kernel.postgresql.statements import Json

_RECORD = """
    INSERT INTO audit_auditentry (
        id, actor_kind, actor_id, actor_label, address, request_id,
        action, object_type, object_id, object_label, parent_id, before, after
    )
    SELECT
        gen_random_uuid(), a.kind, left(a.id, 64), left(a.label, 254), left(a.address, 64), left(a.request_id, 64),
        %(action)s::text, %(object_type)s::text, %(object_id)s::text, left(%(label)s::text, 300), '',
        %(before)s::jsonb, %(after)s::jsonb
    FROM jsonb_to_record(%(actor)s::jsonb) a (kind text, id text, label text, address text, request_id text)
"""


def record(
    *,
    action: str,
    object_type: str = "",
    object_id: object = "",
    label: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor: Actor | None = None,
) -> None:
    """Record `action` (`staff.logged_in`, `import.started`), done by `actor` or by whoever acts.

    `before` and `after` are JSON without secrets; `label` is what people call the object. None of them
    holds a shopper's personal data: that must be erasable, and the log is not. Needs the
    caller's transaction (raises TransactionRequired); joins its `together()` block. The time is the
    database's. Locks the tenant's head when the transaction commits.
    """
    who = actor or find_current_actor() or Actor(kind="system")
    tell(
        _RECORD,
        {
            "actor": Json(asdict(who)),
            "action": action,
            "object_type": object_type,
            "object_id": str(object_id),
            "label": label,
            "before": None if before is None else Json(before),
            "after": None if after is None else Json(after),
        },
    )
