"""Rows about bodies that are encoded, validated and pushed."""

import json
import os
from pathlib import Path
from typing import Any, Dict, List, Tuple

from measure import ROOT, Bench, Row, in_turn
from plot import draw, growth_row

RECORDS = 30_000
SIZES = (10, 100, 1_000, 5_000, 10_000, 22_000)
ALWAYS = "JSON, shape and ids are always validated; the deletion guard uses the last receipt"


def as_json_schema(node: Dict[str, Any]) -> Dict[str, Any]:
    """Converts the schema of accounts from JSON Type Definition to JSON Schema, for other validators."""
    if "enum" in node:
        return {"enum": node["enum"]}
    if "elements" in node:
        return {"type": "array", "items": as_json_schema(node["elements"])}
    if "properties" in node:
        every = {**node["properties"], **node.get("optionalProperties", {})}
        return {
            "type": "object",
            "properties": {name: as_json_schema(one) for name, one in every.items()},
            "required": sorted(node["properties"]),
            "additionalProperties": False,
        }
    # They validate a timestamp as a text, which is less than the library does.
    return {"type": "boolean" if node["type"] == "boolean" else "string"}


def body(bench: Bench, records: int) -> Path:
    path = bench.folder / f"{records}.json"
    writer = bench.contender("writer", bench.rust / "bodies", "write", path, records)
    in_turn([writer], 1)
    return path


def altered(path: Path, name: str, text: str) -> Path:
    other = path.with_name(f"{name}.json")
    other.write_text(text)
    return other


def sent(bench: Bench) -> List[Row]:
    path = body(bench, RECORDS)
    size = os.path.getsize(path)
    ours, limit = bench.rust / "bodies", bench.built / "limit_push"
    by_hand = bench.contender("by hand", limit, "records", RECORDS)
    in_hand = bench.contender("in hand", limit, "body", size)
    from_file = bench.contender("from file", limit, "file", path)
    typed = bench.contender("typed", ours, "push", RECORDS)
    kept = bench.contender("kept", ours, "send", path)
    file = bench.contender("file", ours, "push-file", path)
    checked = bench.contender("checked", ours, "push-file-checked", path)
    request = json.loads(path.read_text())
    request["resources"].reverse()
    turned = altered(path, "turned", json.dumps(request, separators=(",", ":")))
    unsorted = bench.contender("unsorted", ours, "push-file", turned)
    each = [by_hand, typed, in_hand, kept, from_file, file, unsorted, checked]
    in_turn(each)
    ms = {one.name: one.least("cpu_ns") * size / 1e6 for one in each}
    most = 1.1 * size / 1024 + 2048
    adds = (ms["checked"] - ms["file"]) * 10e6 / size

    def told(name: str, other: str) -> str:
        return f"{ms[name]:.1f} ms beside {ms[other]:.1f}"

    return [
        Row("push of 10 MB of typed records", "cpu / (JSON by hand, SHA-256, TLS)", ms["typed"] / ms["by hand"], 1.45,
            f"{told('typed', 'by hand')}, and {ms['in hand']:.1f} without the JSON; schema checks off; {ALWAYS}"),
        Row("", "peak growth / (1.1 × body + 2 MB)", typed.least("rss_kb") / most, 1.0,
            f"{typed.least('rss_kb'):.0f} kB for a body of {size / 1024:.0f} kB"),
        Row("push of 10 MB in memory", "cpu / (SHA-256, TLS)", ms["kept"] / ms["in hand"], 1.1,
            f"{told('kept', 'in hand')}; schema checks off"),
        Row("push of a 10 MB file", "cpu / (file, SHA-256, TLS)", ms["file"] / ms["from file"], 1.25,
            f"{told('file', 'from file')}, {ms['unsorted']:.1f} where ids are in no order; schema checks off; {ALWAYS}"),
        Row("", "ms of cpu that the schema adds to 10 MB", adds, 40.0, f"{ms['checked']:.1f} ms in all"),
    ]


def validated(bench: Bench) -> List[Row]:
    path, few = body(bench, RECORDS), body(bench, RECORDS // 60)
    schema = bench.folder / "account.schema.json"
    text = (ROOT / "src" / "resource" / "schemas" / "user_account.jtd.json").read_text()
    schema.write_text(json.dumps(as_json_schema(json.loads(text))))
    ours = bench.contender("ours", bench.rust / "bodies", "validate", path)
    null = body(bench, 25_000).read_text().replace('"SSO"}', '"SSO","roleDescription":null}')
    warned = bench.contender("warned", bench.rust / "bodies", "validate", altered(path, "null", null))
    contenders = [ours, warned]
    crate = bench.built / "jsonschema"
    if crate.exists():
        contenders.append(bench.contender("the jsonschema crate", crate, schema, path))
    interpreter = bench.built / "venv" / "bin" / "python"
    script = ROOT / "benches" / "python" / "jsonschema_check.py"
    if interpreter.exists():
        contenders.append(bench.contender("Python's jsonschema", interpreter, script, schema, few))
    in_turn(contenders)
    speed, slower = (1e3 / one.least("cpu_ns") for one in (ours, warned))
    found = [
        Row("validation of 10 MB", "MB/s on one core", speed, 500.0, "every rule at its usual level", floor=True),
        Row("", "MB/s where each record has a warning", slower, 250.0, "an optional property is null", floor=True),
    ]
    targets = {"the jsonschema crate": 1.0, "Python's jsonschema": 50.0}
    for other in contenders[2:]:
        times = other.least("cpu_ns") / ours.least("cpu_ns")
        words = f"{1e3 / other.least('cpu_ns'):.1f} MB/s, and timestamps not looked at"
        found.append(Row("", f"times as fast as {other.name}", times, targets[other.name], words, floor=True))
    return found


def growth(bench: Bench) -> List[Row]:
    curves: Dict[str, List[Tuple[int, float]]] = {"push": [], "push-file-checked": []}
    for records in SIZES:
        path = body(bench, records)
        jobs = {"push": records, "push-file-checked": path}
        each = {name: bench.contender(name, bench.rust / "bodies", name, word) for name, word in jobs.items()}
        in_turn(list(each.values()))
        for name, one in each.items():
            curves[name].append((records, one.least("cpu_ns") * os.path.getsize(path) / 1e6))
    draw("push", "pushes: milliseconds of cpu by records", curves)
    return [growth_row(name, curve) for name, curve in curves.items()]


def rows(bench: Bench) -> List[Row]:
    return sent(bench) + validated(bench) + growth(bench)
