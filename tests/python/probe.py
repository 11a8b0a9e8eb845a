"""Makes one call and prints what came of it, in the lines that the probes of all languages print."""

import sys

import libvanta


def main() -> None:
    verb, kind, what = sys.argv[1:]
    try:
        with libvanta.Client(libvanta.Config(environment=True)) as client:
            if verb == "push":
                receipt = client.push(kind, libvanta.Body.from_file(what), deadline=10)
                print(f"status 0\nrecords {receipt.records}\nattempts {receipt.attempts}")
            else:
                listing = client.list(kind, what, deadline=10)
                assert len(listing.rows) == listing.count
                assert len(listing.live) == listing.live_count
                print(f"status 0\nrows {listing.count}\nlive {listing.live_count}")
    except libvanta.VantaError as error:
        wait = -1 if error.retry_after is None else int(error.retry_after * 1000)
        print(f"status {error.status}\nhttp {error.http_status or 0}\nattempts {error.attempts}")
        print(f"retryable {int(error.is_retryable)}\nretry_after_ms {wait}")
        print(f"oauth_error {error.oauth_error or '-'}\nexcerpt {error.excerpt or '-'}")
        for fault in error.faults:
            index = -1 if fault.index is None else fault.index
            print(f"fault {index}|{fault.unique_id or '-'}|{fault.pointer}|{fault.message}")
        print(f"cause {error.cause_status or 0}")
        print(f"message {error}")


main()
