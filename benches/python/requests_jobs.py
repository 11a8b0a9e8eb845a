"""Does short jobs with requests: a token over JSON, pushes in one session. Prints its measurements as one line of JSON.

    requests_jobs.py cold
    requests_jobs.py small TIMES
    requests_jobs.py jobs TIMES     so many times: a list, a push of ten records, and a list
"""

import json
import os
import sys
import time

cpu, wall = time.process_time_ns(), time.perf_counter_ns()

import requests  # noqa: E402

ORIGIN = os.environ["BENCH_ORIGIN"]


def record(n: int) -> dict:
    return {
        "displayName": f"Person {n}",
        "uniqueId": f"account-{n:06}",
        "externalUrl": f"https://inventory.example.org/accounts/{n}",
        "fullName": f"Person {n}",
        "accountName": f"person{n}",
        "email": f"person{n}@example.org",
        "permissionLevel": "BASE",
        "createdTimestamp": "2026-01-01T00:00:00Z",
        "status": "ACTIVE",
        "mfaEnabled": True,
        "mfaMethods": ["OTP"],
        "authMethod": "SSO",
    }


def session() -> requests.Session:
    made = requests.Session()
    made.verify = os.environ["BENCH_CA"]
    # Without this a CA bundle that the environment names would be used.
    made.trust_env = False
    asked = {
        "client_id": os.environ["BENCH_ID"],
        "client_secret": os.environ["BENCH_SECRET"],
        "scope": "connectors.self:write-resource connectors.self:read-resource",
        "grant_type": "client_credentials",
    }
    answer = made.post(ORIGIN + "/oauth/token", json=asked, timeout=120)
    answer.raise_for_status()
    made.headers["Authorization"] = "Bearer " + answer.json()["access_token"]
    return made


def push(made: requests.Session, rows: int) -> None:
    body = {"resourceId": "inventory", "resources": [record(n) for n in range(rows)]}
    answer = made.put(ORIGIN + "/v1/resources/user_account", json=body, timeout=120)
    answer.raise_for_status()
    assert answer.json()["success"] is True


def read(made: requests.Session) -> None:
    asked = {"resourceId": "inventory"}
    answer = made.get(ORIGIN + "/v1/resources/user_account", params=asked, timeout=120)
    answer.raise_for_status()
    assert isinstance(answer.json()["resources"], list)


def main() -> None:
    global cpu, wall
    times = 1
    made = session()
    if sys.argv[1] == "cold":
        push(made, 10)
    elif sys.argv[1] == "jobs":
        times = int(sys.argv[2])
        for _ in range(times):
            read(made)
            push(made, 10)
            read(made)
    else:
        times = int(sys.argv[2])
        push(made, 1)
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        for _ in range(times):
            push(made, 1)
    took = {"cpu_ns": time.process_time_ns() - cpu, "wall_ns": time.perf_counter_ns() - wall, "units": times}
    print(json.dumps({**took, "rss_kb": 0}))


main()
