"""The ways in: translate, make one domain call, translate back."""
