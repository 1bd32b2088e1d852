"""What can be done with notifications, one verb per file."""
