from django.db import migrations

from hansa.domain.staff.types import PRESETS

_ROLES = ", ".join(
    f"('{one.name}', '{one.code}', '{{{','.join(sorted(one.capabilities))}}}'::text[])" for one in PRESETS
)
OWNERS = f"""
DO $$
DECLARE
    owner uuid;
BEGIN
    FOR owner IN SELECT id FROM tenants_tenant LOOP
        PERFORM set_config('hansa.tenant', owner::text, true);
        INSERT INTO staff_role (id, name, code, capabilities)
        SELECT gen_random_uuid(), preset.name, preset.code, preset.capabilities
        FROM (VALUES {_ROLES}) AS preset (name, code, capabilities)
        WHERE EXISTS (SELECT FROM accounts_user WHERE is_staff);
        INSERT INTO staff_assignment (id, user_id, role_id)
        SELECT gen_random_uuid(), u.id, r.id FROM accounts_user u, staff_role r WHERE u.is_staff AND r.code = 'owner';
    END LOOP;
    PERFORM set_config('hansa.tenant', '', true);
END $$
"""  # noqa: S608  (constants of ours)


class Migration(migrations.Migration):
    """Everybody who worked in the back office until now could do everything: they stay owners."""

    dependencies = [("staff", "0002_wall")]
    operations = [migrations.RunSQL(OWNERS, migrations.RunSQL.noop)]
