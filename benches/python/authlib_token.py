"""Gets a cached token with authlib, which checks its expiry, as its client does before a request.

    authlib_token.py TIMES
"""

import contextlib
import io
import json
import sys
import time

with contextlib.redirect_stderr(io.StringIO()):  # it prints deprecation warnings
    from authlib.integrations.httpx_client import OAuth2Client

times = int(sys.argv[1])
client = OAuth2Client("vci_bench", "vcs_bench", token_endpoint="https://localhost/oauth/token")
client.token = {"access_token": "vat_" + 56 * "0", "expires_at": time.time() + 3600, "token_type": "Bearer"}
cpu, wall = time.process_time_ns(), time.perf_counter_ns()
for _ in range(times):
    client.ensure_active_token(client.token)
    client.token["access_token"]
cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
print(json.dumps({"cpu_ns": cpu, "wall_ns": wall, "units": times, "rss_kb": 0}))
