"""What can be done with accounts, one verb per file."""
