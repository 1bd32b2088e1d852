"""What can be done for privacy, one verb per file."""
