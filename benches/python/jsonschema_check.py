"""Reads the records of a request body and validates them with the package jsonschema: SCHEMA FILE"""

import json
import sys
import time
from pathlib import Path

from jsonschema import Draft202012Validator

validator = Draft202012Validator(json.loads(Path(sys.argv[1]).read_text()))
text = Path(sys.argv[2]).read_bytes()
cpu, wall = time.process_time_ns(), time.perf_counter_ns()
violations = sum(1 for record in json.loads(text)["resources"] for _ in validator.iter_errors(record))
cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
assert violations == 0, violations
print(json.dumps({"cpu_ns": cpu, "wall_ns": wall, "units": len(text), "rss_kb": 0}))
