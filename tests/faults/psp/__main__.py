"""`python -m tests.faults.psp serve --port N` and `… worker`: as `hansa serve` and `hansa worker`, with the bank."""

import sys

from hansa.config import cli
from hansa.config.environment import get_environment

if sys.argv[1] == "serve":
    cli.start_database()
    cli.serve_application(int(sys.argv[3]), get_environment().workers, target="tests.faults.psp.server:application")
else:
    from hansa.config import settings
    from tests.faults.psp.provider import PATH

    settings.PAYMENT_PROVIDERS["bank"] = PATH
    cli.worker()
