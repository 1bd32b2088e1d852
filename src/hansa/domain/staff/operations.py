"""The migration operation that gives shops' first roles what was added to their presets later."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from django.db.migrations.operations import RunSQL

from hansa.kernel.actors import COMMAND_PREFIX, Actor

# A preset is a role with its code that was made in one statement with the owner's; a role that a merchant has
# made in the place of one is younger. What a merchant has taken away stands in the audit log; a role that lacks
# something else, too, was made into one for less than its preset: who has it must not see all exported customers.
_GIVE = """
DO $$
DECLARE
    shop uuid;
BEGIN
    PERFORM set_config('hansa.actor', '{actor}', true);
    FOR shop IN SELECT id FROM tenants_tenant LOOP
        PERFORM set_config('hansa.tenant', shop::text, true);
        UPDATE staff_role r SET capabilities = given.every, updated_at = statement_timestamp()
        FROM (
            SELECT p.id, array_agg(DISTINCT one ORDER BY one) AS every
            FROM staff_role p
            JOIN staff_role owner ON owner.tenant_id = p.tenant_id AND owner.code = 'owner'
            JOIN (VALUES {given}) AS added (capability, code) ON added.code = p.code
            CROSS JOIN LATERAL unnest(p.capabilities || added.capability::varchar) one
            WHERE p.tenant_id = shop AND p.created_at = owner.created_at
                AND NOT (added.capability = ANY (p.capabilities))
                AND NOT EXISTS (
                    SELECT FROM audit_auditentry a
                    WHERE a.tenant_id = shop AND a.object_type = 'role' AND a.object_id = p.id::text
                        AND a.before -> 'capabilities' @> to_jsonb(added.capability)
                        AND NOT a.after -> 'capabilities' @> to_jsonb(added.capability)
                )
                AND NOT EXISTS (
                    SELECT FROM audit_auditentry a
                    CROSS JOIN LATERAL jsonb_array_elements_text(a.before -> 'capabilities') had (capability)
                    WHERE a.tenant_id = shop AND a.object_type = 'role' AND a.object_id = p.id::text
                        AND had.capability <> ALL (p.capabilities)
                        AND had.capability NOT IN (SELECT g.capability FROM (VALUES {given}) AS g (capability, code))
                )
            GROUP BY p.id
        ) given
        WHERE r.tenant_id = shop AND r.id = given.id;
        -- The log is sealed while its shop is entered.
        SET CONSTRAINTS audit_auditentry_seal IMMEDIATE;
        SET CONSTRAINTS audit_auditentry_seal DEFERRED;
    END LOOP;
    PERFORM set_config('hansa.tenant', '', true);
    PERFORM set_config('hansa.actor', '', true);
END $$
"""


class GiveToPresets(RunSQL):
    """Give new capabilities to the roles that shops have from presets, once: Django remembers that it was done.

    Takes the codes of the presets for each capability. A role from which the merchant has taken a capability already
    does not get that one back; one that was cut down otherwise, and roles of the merchant's own, get nothing. The
    audit log tells what a role was given.
    Needs the migration `("staff", "0004_audit")`.
    """

    reversible = False

    def __init__(self, given: Mapping[str, Sequence[str]]) -> None:
        """Take what is given to whom."""
        self.given = {capability: tuple(codes) for capability, codes in given.items()}
        pairs = ", ".join(f"('{one}', '{code}')" for one, codes in self.given.items() for code in codes)
        actor = json.dumps(asdict(Actor(kind="system", label=f"{COMMAND_PREFIX}migrate")))
        super().__init__([_GIVE.replace("{given}", pairs).replace("{actor}", actor)])

    def describe(self) -> str:
        """Say it for the migration's log."""
        return f"Give {', '.join(self.given)} to the roles that shops begin with"
