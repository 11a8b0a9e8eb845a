"""Pushes leavers, and pushes only if something has changed. The first argument is a body with the remote records, the
second one in which the account "d" is missing."""

import pickle
import sys
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

from libvanta import Body, CallError, ChangePlan, Client, Config, Kind, PushOptions, ReceiptKind

RESOURCE = "66f0c0ffee0000000000a001"
NOW = datetime(2026, 1, 2, tzinfo=timezone.utc)
KEEP_FOR = timedelta(days=90)


def raises(kind: type, words: str, call: Callable[[], Any]) -> None:
    try:
        call()
    except kind as error:
        assert words in str(error), error
    else:
        raise AssertionError(words)


def pushed_if_changed(client: Client, body: Body) -> Any:
    return client.push(Kind.USER_ACCOUNT, body, PushOptions(only_if_changed=True)).receipt_kind


def main() -> None:
    four, three = Body.from_file(sys.argv[1]), Body.from_file(sys.argv[2])
    with Client(Config(environment=True)) as client:
        assert pushed_if_changed(client, four) is ReceiptKind.UNCHANGED
        listing = client.list(Kind.USER_ACCOUNT, RESOURCE)
        body = three.with_leavers(listing, KEEP_FOR, NOW)
        assert (three.record_count, body.record_count) == (3, 4)
        plan: ChangePlan = client.plan(Kind.USER_ACCOUNT, body)
        assert plan.deactivated == ["d"] and not plan.changed and "x d: deactivated" in str(plan)
        assert pushed_if_changed(client, body) is ReceiptKind.PUSHED
        # A list may not show a push of this process yet.
        assert pushed_if_changed(client, body) is ReceiptKind.PUSHED
        listing = client.list(Kind.USER_ACCOUNT, RESOURCE)
        east = timezone(timedelta(hours=9))
        for now, count in [(NOW, 4), (NOW + KEEP_FOR, 3), ((NOW + KEEP_FOR).astimezone(east), 3)]:
            assert three.with_leavers(listing, KEEP_FOR, now).record_count == count, now
        before = NOW + KEEP_FOR - timedelta(milliseconds=1)
        assert three.with_leavers(listing, KEEP_FOR, before).record_count == 4
        assert three.with_leavers(listing, timedelta(hours=1)).record_count == 3
        others = client.list(Kind.SECRET, RESOURCE)
        leave: Any = three.with_leavers
        words = "the listing is of kind secret"
        raises(CallError, words, lambda: leave(others, KEEP_FOR))
        raises(ValueError, "has no time zone", lambda: leave(listing, KEEP_FOR, datetime(2026, 1, 1)))
        raises(ValueError, "keep_for in seconds must be 0 or more", lambda: leave(listing, -KEEP_FOR))
        raises(TypeError, "keep_for must be a timedelta, not int", lambda: leave(listing, 90))
        raises(TypeError, "listing must be a Listing, not Rows", lambda: leave(listing.live, KEEP_FOR))
        again = pickle.loads(pickle.dumps(listing))
        raises(ValueError, "came from another process", lambda: leave(again, KEEP_FOR))
        switch: Any = "no"
        options = PushOptions(only_if_changed=switch)
        words = "only_if_changed must be True or False"
        raises(TypeError, words, lambda: client.push(Kind.USER_ACCOUNT, four, options))
    print("leavers are deactivated")


main()
