"""django-guardian's own tables are not made: its permissions live in `staff.ObjectPermission`, inside the wall."""
