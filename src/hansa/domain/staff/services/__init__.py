"""What can be done with staff, roles and keys, one verb per file."""
