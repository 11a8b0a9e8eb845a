"""Tests the library against independent programs and bad networks, and prints one line for each case.

    python3 tests/peers FOLDER PACKAGES MODULES [WORD]     only cases whose title contains WORD

.ci/peers installs the programs and passes their folders.
"""

import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import nginx  # noqa: F401
import network  # noqa: F401
import oauth  # noqa: F401
import proxies  # noqa: F401
from harness import CASES, Case, Setup, Skipped, certificates


def run_case(setup: Setup, number: int, case: Case) -> str:
    with setup.of_case(number) as own:
        watchdog = threading.Timer(float(os.environ.get("PEERS_TIMEOUT", "180")), end_hanging_run, [own])
        watchdog.daemon = True
        watchdog.start()
        try:
            case(own)
            return "ok"
        except Skipped as why:
            return f"SKIPPED: {why}"
        except Exception:
            logs = sorted(own.folder.glob("*.output")) + sorted(own.folder.rglob("*.log"))
            tails = "".join(
                f"\n{log.name}: {log.read_text(errors='replace')[-600:]}" for log in logs
            )
            return f"FAILED\n{traceback.format_exc(limit=-2)}{tails}"
        finally:
            watchdog.cancel()


def end_hanging_run(own: Setup) -> None:
    """Ends the whole run, because a call that hangs would block the other cases."""
    print(f"FAILED in {own.folder.name}: it hangs", flush=True)
    own.cleanup.close()
    os._exit(1)


def end(*_: Any) -> None:
    sys.exit(143)


def main() -> int:
    signal.signal(signal.SIGTERM, end)
    folder, packages, modules = (Path(word).resolve() for word in sys.argv[1:4])
    wanted = sys.argv[4] if len(sys.argv) > 4 else ""
    certificates(folder)
    began, outcomes = time.monotonic(), []
    for number, (title, case) in enumerate(CASES):
        if wanted in title:
            started = time.monotonic()
            outcome = run_case(Setup(folder, packages, modules), number, case)
            outcomes.append(outcome.split(maxsplit=1)[0].rstrip(":"))
            print(f"{title} ({time.monotonic() - started:.1f} s): {outcome}", flush=True)
    counts = [outcomes.count(word) for word in ("ok", "FAILED", "SKIPPED")]
    took = time.monotonic() - began
    print("{} cases passed, {} failed, {} SKIPPED".format(*counts), f"in {took:.0f} s")
    return 0 if outcomes and counts[1] == 0 else 1


sys.exit(main())
