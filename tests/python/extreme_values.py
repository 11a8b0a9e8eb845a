"""Passes each number that the package takes with its smallest and largest value, infinity and NaN."""

from typing import Any, Callable, Type

import libvanta
from libvanta import Client, Config, PushOptions

RESOURCE = "66f0c0ffee0000000000a001"
INFINITE, NOT_A_NUMBER = float("inf"), float("nan")
MOST = (1 << 64) - 1


def raises(kind: Type[BaseException], call: Callable[[], Any]) -> None:
    try:
        call()
    except kind:
        return
    raise AssertionError(f"{kind} was to be raised")


def config(**settings: Any) -> Callable[[], Any]:
    return lambda: Client(Config(environment=True, **settings)).close()


def main() -> None:
    with Client(Config(environment=True)) as client:
        for deadline in (0, 1e-9, 0.001):
            raises(libvanta.RetryLater, lambda: client.list("user_account", RESOURCE, deadline=deadline))
        for deadline in (-1, -1e-9, INFINITE, -INFINITE, NOT_A_NUMBER, 1e300, MOST):
            raises(ValueError, lambda: client.list("user_account", RESOURCE, deadline=deadline))
        client.list("user_account", RESOURCE, deadline=9e11)
        for seconds in (0, 1):
            client.token_valid_for(seconds)
        raises(libvanta.CallError, lambda: client.token_valid_for(MOST))
        raises(ValueError, lambda: client.token_valid_for(MOST + 1))
    for name in ("expiry_margin", "list_cap"):
        for number in (0, 1, MOST):
            config(**{name: number})()
        for wrong in (-1, MOST + 1):
            raises(ValueError, config(**{name: wrong}))
        for wrong in (1.5, INFINITE, NOT_A_NUMBER, True, "1"):
            raises(TypeError, config(**{name: wrong}))
    for name in ("token_requests_per_minute", "requests_per_minute"):
        config(**{name: 1})()
        raises(libvanta.VantaError, config(**{name: (1 << 32) - 1}))
        for wrong in (-1, 1 << 32):
            raises(ValueError, config(**{name: wrong}))
    for wrong in (-1, INFINITE, NOT_A_NUMBER, 1e300):
        raises(ValueError, config(deadline=wrong))
    for most in (-1, MOST + 1):
        raises(ValueError, lambda: libvanta.options.native(options=PushOptions(expect_removals=most)))
    print("every value was accepted or refused")


main()
