"""What can be done with events."""
