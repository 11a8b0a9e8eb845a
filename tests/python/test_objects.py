"""Pickles, copies, prints and closes the objects of the package."""

import copy
import pickle
import secrets
import threading
from typing import Any, Callable, List

import pytest
from conftest import RESOURCE, start_call, wait_until

import libvanta
from libvanta import Body, Cancel, Client, Config

RECORD = {"uniqueId": "a", "displayName": "a", "externalUrl": "https://x.example.com"}


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_what_has_a_handle_refuses_to_be_copied(take: Callable[[Any], Any], client: Client) -> None:
    for held in (client, Body.from_records(RESOURCE, [RECORD]), Cancel()):
        name = type(held).__name__
        with pytest.raises(TypeError, match=f"^a {name} cannot be pickled or copied, since"):
            take(held)


def test_results_and_errors_go_from_one_process_to_another(client: Client) -> None:
    resource = secrets.token_hex(12)
    body = Body.from_records(resource, [RECORD])
    receipt = client.push("custom_resource", body)
    listing = client.list("custom_resource", resource)
    plan = client.plan("custom_resource", body)
    for result in (receipt, listing, plan, client.snapshot()):
        again = pickle.loads(pickle.dumps(result))
        assert vars(again) == vars(result) and str(again) == str(result) or result is listing
        assert str(result) and not str(result).endswith("\n")
    with pytest.raises(libvanta.RecordsError) as raised:
        libvanta.validate("custom_resource", Body.from_records(RESOURCE, [{"uniqueId": "b"}]))
    error = pickle.loads(pickle.dumps(raised.value))
    assert (type(error), str(error)) == (libvanta.InvalidRecords, str(raised.value))
    assert error.code == -15 and error.violations == raised.value.violations and error.violations


def test_no_repr_shows_a_secret(client: Client) -> None:
    config = Config(
        client_id="vci_shown",
        client_secret="hunter2",
        token_store="rediss://jobs:hunter2@redis.example.com",
    )
    for shown in (repr(config), repr(Config(client_id="vci_shown", static_token="hunter2"))):
        assert "vci_shown" in shown and "hunter2" not in shown
    proxy = "http://hunter2:hunter2@proxy.example.com:3128"
    for setting, expected in (
        (config, "Config(client_id='vci_shown', token_store='rediss://redis.example.com')"),
        (Config(proxy=proxy, retry_on_401=False), "Config(retry_on_401=False, proxy='http://proxy.example.com:3128')"),
        (Config(proxy="hunter2:hunter2?://@x@h:1?hunter2"), "Config(proxy='h:1')"),
        (Config(proxy="rediss://a:hunter2://@h/0"), "Config(proxy='rediss://h/0')"),
        (Config(token_store="/var/a@b/token", environment=True), "Config(token_store='/var/a@b/token', environment=True)"),
        (Config(), "Config()"),
    ):
        assert repr(setting) == expected
    token = client.token()
    for held in (client, client._handle, client.snapshot(), Config(environment=True)):
        assert token not in repr(held) + str(held)
    with pytest.raises(libvanta.ConfigError) as raised:
        Client(config)
    assert "hunter2" not in repr(raised.value) + str(raised.value) + str(vars(raised.value))


def on_free(client: Client, callback: Callable[[], None]) -> None:
    """Calls a function when the client is freed."""
    pointer: Any = client._handle.pointer
    free = pointer.free

    def report(handle: Any) -> None:
        callback()
        free(handle)

    pointer.free = report


def test_a_client_that_is_closed_during_a_call_lives_until_it_has_ended(waiting: Client) -> None:
    freed: List[Any] = []
    cancel = Cancel()
    ended: List[BaseException] = []

    def call() -> None:
        try:
            waiting.list("user_account", RESOURCE, cancel=cancel)
        except libvanta.VantaError as error:
            ended.append(error)

    on_free(waiting, lambda: freed.append(threading.current_thread()))
    thread = start_call(call)
    waiting.close()
    with pytest.raises(ValueError, match="this client is closed"):
        waiting.snapshot()
    assert freed == [] and not cancel.is_set()
    cancel.set()
    assert cancel.is_set()
    thread.join()
    wait_until(lambda: bool(freed))
    assert freed == [thread] and [type(error) for error in ended] == [libvanta.Cancelled]


def test_close_frees_the_client_although_an_exception_refers_to_it(client: Client) -> None:
    freed: List[bool] = []
    on_free(client, lambda: freed.append(True))
    with pytest.raises(libvanta.VantaError) as raised:
        client.list("user account", RESOURCE)
    client.close()
    assert freed == [True] and raised.traceback
