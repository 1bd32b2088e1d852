"""What can be done with tenants, one verb per file."""
