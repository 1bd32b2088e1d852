from django.db import migrations

PAIR = "INSERT INTO orders_transition VALUES ('partially_refunded', 'cancelled') ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    """Let an order be cancelled of which a part was refunded; a database that is made now has the pair already."""

    dependencies = [("orders", "0004_audit")]
    operations = [migrations.RunSQL([PAIR])]
