"""What can be done with webhooks, one verb per file."""
