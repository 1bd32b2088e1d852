"""The SQL behind what every request of staff asks: what this person may do, and where."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

_TENANT = "(SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)"

_AUTHORITY = f"""
    SELECT
        coalesce((
            SELECT bool_or(r.code = 'owner') FROM staff_assignment a
            JOIN staff_role r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
            WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id
        ), false),
        ARRAY(
            SELECT unnest(r.capabilities) FROM staff_assignment a
            JOIN staff_role r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
            WHERE a.tenant_id = u.tenant_id AND a.user_id = u.id
            UNION
            SELECT unnest(g.capabilities) FROM staff_supportgrant g
            WHERE g.tenant_id = u.tenant_id AND g.user_id = u.id
                AND g.used_at IS NOT NULL AND g.ended_at IS NULL AND g.expires_at > statement_timestamp()
        )::text[],
        ARRAY(
            SELECT p.codename || ':' || o.object_pk FROM staff_objectpermission o
            JOIN auth_permission p ON p.id = o.permission_id
            WHERE o.tenant_id = u.tenant_id AND o.user_id = u.id
        )::text[]
    FROM accounts_user u
    WHERE u.tenant_id = {_TENANT} AND u.id = %(user_id)s AND u.is_active AND u.is_staff
"""  # noqa: S608  (a constant)


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """What the tables say of one person."""

    is_owner: bool
    capabilities: frozenset[str]
    objects: tuple[str, ...]
    """`view_warehouse:<id>`, `view_category:<id>`"""


def find_authority_row(user_id: UUID) -> AuthorityRow | None:
    """Return what the tables say of an active staff member, in one statement; None for anybody else."""
    with connection.cursor() as cursor:
        cursor.execute(_AUTHORITY, {"user_id": user_id})
        row = cursor.fetchone()
    if row is None:
        return None
    is_owner, capabilities, objects = row
    return AuthorityRow(is_owner, frozenset(capabilities), tuple(objects))
