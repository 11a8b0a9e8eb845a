"""Programs that we did not write, with the library between them: one line for each scene.

    python3 tests/peers FOLDER PACKAGES MODULES [WORD]     scenes whose title holds WORD

.ci/peers installs what this needs, and says where it lies.
"""

import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import fronts  # noqa: F401
import network  # noqa: F401
import oauth  # noqa: F401
import proxies  # noqa: F401
from stage import SCENES, Scene, Skipped, Stage, certificates


def play(stage: Stage, number: int, scene: Scene) -> str:
    with stage.set(number) as own:
        watchdog = threading.Timer(float(os.environ.get("PEERS_PATIENCE", "180")), give_up, [own])
        watchdog.daemon = True
        watchdog.start()
        try:
            scene(own)
            return "ok"
        except Skipped as why:
            return f"SKIPPED: {why}"
        except Exception:
            logs = sorted(own.folder.glob("*.told")) + sorted(own.folder.rglob("*.log"))
            tails = "".join(
                f"\n{log.name}: {log.read_text(errors='replace')[-600:]}" for log in logs
            )
            return f"FAILED\n{traceback.format_exc(limit=-2)}{tails}"
        finally:
            watchdog.cancel()


def give_up(own: Stage) -> None:
    """A call that does not end would keep all else: this is the end of the whole run."""
    print(f"FAILED in {own.folder.name}: it hangs", flush=True)
    own.playing.close()
    os._exit(1)


def end(*_: Any) -> None:
    sys.exit(143)


def main() -> int:
    signal.signal(signal.SIGTERM, end)
    folder, packages, modules = (Path(word).resolve() for word in sys.argv[1:4])
    wanted = sys.argv[4] if len(sys.argv) > 4 else ""
    certificates(folder)
    began, outcomes = time.monotonic(), []
    for number, (title, scene) in enumerate(SCENES):
        if wanted in title:
            started = time.monotonic()
            outcome = play(Stage(folder, packages, modules), number, scene)
            outcomes.append(outcome.split(maxsplit=1)[0].rstrip(":"))
            print(f"{title} ({time.monotonic() - started:.1f} s): {outcome}", flush=True)
    counts = [outcomes.count(word) for word in ("ok", "FAILED", "SKIPPED")]
    took = time.monotonic() - began
    print("{} scenes passed, {} failed, {} SKIPPED".format(*counts), f"in {took:.0f} s")
    return 0 if outcomes and counts[1] == 0 else 1


sys.exit(main())
