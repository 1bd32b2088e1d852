"""What can be done with the audit log, one verb per file."""
