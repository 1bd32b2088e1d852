"""What can be done with imports, one verb per file."""
