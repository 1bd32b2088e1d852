"""The pages of a customer's account. Logging in itself is allauth's, in our templates."""
