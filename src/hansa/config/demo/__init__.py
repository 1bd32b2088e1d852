"""The demo: two merchants with catalogues and pictures of our own, loaded like a merchant's file."""
