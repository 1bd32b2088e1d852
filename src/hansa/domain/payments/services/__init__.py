"""What happens to payments: one verb per file."""
