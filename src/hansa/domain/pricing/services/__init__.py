"""What can be done with prices, taxes and promotions, one verb per file."""
