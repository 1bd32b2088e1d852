"""Words that the shop's templates use."""
