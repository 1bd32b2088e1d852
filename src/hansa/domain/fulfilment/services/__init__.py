"""What can be done with shipping, one verb per file."""
