"""What can be done with background work, one verb per file."""
