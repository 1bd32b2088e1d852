from django.db import migrations

from hansa.domain.audit.operations import AuditModel


class Migration(migrations.Migration):
    """Audit who may do what."""

    dependencies = [("staff", "0003_owners"), ("audit", "0002_chain")]
    operations = [
        AuditModel("Role", label="name"),
        AuditModel("Assignment", parent="user_id"),
        AuditModel("Invitation", label="email"),
        AuditModel("InvitationRole", parent="invitation_id"),
        AuditModel("ApiKey", label="name", parent="made_by_id", ignore=["last_used_at"]),
        AuditModel("SupportGrant", label="reason", parent="user_id"),
        AuditModel("ObjectPermission", label="object_pk", parent="user_id"),
    ]
