"""Every measurement, one after another: `make bench`."""

import subprocess
import sys

for module in (
    *("tenancy_benchmark", "import_benchmark", "listing_benchmark", "checkout_benchmark"),
    *("relay_benchmark", "import_job_benchmark", "socket_benchmark", "kept_pages_benchmark"),
):
    subprocess.run([sys.executable, "-m", f"bench.{module}"], check=True)
