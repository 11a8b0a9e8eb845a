"""Compares the name, the exception class and the exit code of every status with those of the library."""

import pickle
from typing import Set, Type

import libvanta
from libvanta import Status, VantaError, _native, errors


def classes(of: Type[VantaError]) -> Set[Type[VantaError]]:
    return {below for each in of.__subclasses__() for below in {each, *classes(each)}}


def main() -> None:
    for status in Status:
        name = _native.text("vanta_status_name", status)
        assert name == ("VANTA_OK" if status == 0 else f"VANTA_ERR_{status.name}"), (status, name)
        action = _native.number("vanta_status_action", status)
        if status == 0:
            continue
        try:
            errors.check(status)
        except VantaError as error:
            assert isinstance(error, errors.BY_ACTION[action]), (status, type(error))
            assert error.code is status and error.stage == "validate" and error.attempts == 0
            assert error.exit_code == _native.number("vanta_action_exit_code", action)
            assert pickle.loads(pickle.dumps(error)).code is status
            assert str(error) == _native.text("vanta_status_text", status)
        else:
            raise AssertionError(status)
    # Each class is raised for some status, has a name in the package, and says what it is.
    # Body.from_records() raises two more: test_records.py.
    unencodable = {libvanta.UnencodableType, libvanta.UnencodableValue}
    raised = {*errors.BY_ACTION.values(), *errors.BY_STATUS.values(), *unencodable}
    assert classes(VantaError) == raised
    for each in raised:
        assert getattr(libvanta, each.__name__) is each and each.__doc__, each
    unknown = Status(-999)
    assert (unknown, unknown.name, type(unknown)) == (-999, "UNKNOWN_999", Status)
    assert f"{libvanta.Stage.TLS}" == str(libvanta.Stage.TLS) == "tls" == libvanta.Stage.TLS
    print("passed")


main()
