"""Attributes of results and errors, as help() and dir() show them."""

from typing import Any, Generic, Optional, TypeVar, Union, overload

Value = TypeVar("Value")


class Attribute(Generic[Value]):
    """An attribute that each instance sets, with its documentation.

    It has no __set__, so that the instance's own value stands before it, and costs nothing.
    """

    __orig_class__: Any = None

    def __init__(self, documentation: str) -> None:
        self.__doc__ = documentation
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: Optional[type] = None) -> "Attribute[Value]": ...

    @overload
    def __get__(self, instance: object, owner: Optional[type] = None) -> Value: ...

    def __get__(
        self, instance: object, owner: Optional[type] = None
    ) -> Union["Attribute[Value]", Value]:
        if instance is None:
            return self
        raise AttributeError(f"this {type(instance).__name__} has no {self._name}")

    def __repr__(self) -> str:
        """Returns the type of the values."""
        (kind,) = getattr(self.__orig_class__, "__args__", (Any,))
        return getattr(kind, "__name__", "") if isinstance(kind, type) else str(kind).replace("typing.", "")
