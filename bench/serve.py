"""Serve `bench.server` as `hansa serve` serves Hansa."""

import sys

from hansa.config import cli
from hansa.config.environment import get_environment

cli.start_database()
cli.serve_application(int(sys.argv[1]), get_environment().workers, target=sys.argv[2])
