"""Lists many rows, and checks that the memory use is small: a row is decoded when it is read."""

import gc
import pickle
import secrets
import sys

import libvanta
from libvanta import Body, Client, Config, Kind, Listing

ROWS = int(sys.argv[1])
# The memory that a job may use in addition to the text of the response, which the library holds.
MAX_OVERHEAD = 80 << 20


def resident() -> int:
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


def same_as_a_list(listing: Listing) -> None:
    assert listing.rows is listing and len(listing) == listing.count == ROWS
    assert len(listing.live) == listing.live_count == ROWS - 1
    rows = list(listing)
    assert listing == rows and rows[-1] == listing[-1] and listing[1:3] == rows[1:3]
    assert list(listing.live) == [row for row in rows if row["deletedAt"] is None]
    assert [row["uniqueId"] for row in listing[::-1]] == [row["uniqueId"] for row in reversed(rows)]
    assert listing != rows[:-1] and listing != [*rows[:-1], {}] and rows[0] in listing
    for index in (ROWS, -ROWS - 1):
        try:
            listing[index]
        except IndexError:
            continue
        raise AssertionError(index)
    again = pickle.loads(pickle.dumps(listing))
    assert type(again) is Listing and again == listing and again.live == listing.live
    assert repr(listing) == repr(again) == f"<Listing: {ROWS} rows, {ROWS - 1} live>"
    assert pickle.loads(pickle.dumps(listing.live)) == listing.live


def main() -> None:
    resource = secrets.token_hex(12)
    kind = Kind.USER_SECURITY_TRAINING_STATUS if len(sys.argv) > 3 else Kind.CUSTOM_RESOURCE
    record = {"displayName": "a", "externalUrl": "https://x.example.com/a"}
    with Client(Config(environment=True, deadline=300, list_cap=1 << 30)) as client:
        for last in (ROWS, ROWS - 1):
            records = ({"uniqueId": f"record-{number}", **record} for number in range(last))
            client.push(kind, Body.from_records(resource, records))
        client.token()
        gc.collect()
        before = resident()
        listing = client.list(kind, resource)
        held = sum(len(row["uniqueId"]) for row in listing)
        after = resident()
        assert held > ROWS
        size = sum(len(listing._source.text(index)) for index in range(len(listing)))
        if len(sys.argv) > 2:
            print(f"+{(after - before) >> 20} MiB for a text of {size >> 20} MiB", file=sys.stderr)
        assert after - before < size + MAX_OVERHEAD, (before, after, size)
        if ROWS < 10_000:
            same_as_a_list(listing)
    print("passed")


main()
