"""`python -m hansa` is the same as `hansa`."""

from hansa.config.cli import main

main()
