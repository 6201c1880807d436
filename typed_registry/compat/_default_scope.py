"""The default scope, and the named instances that it is one of."""

from __future__ import annotations

import inspect
import logging
from collections import ChainMap, OrderedDict
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from threading import RLock
from typing import Any, ClassVar, Self

from typed_registry._warning import warn_user
from typed_registry.compat._log import print_log

__all__ = ["DefaultScope", "ManagerMixin", "init_default_scope"]

_LOCK = RLock()
_NUMBERS = count(1)


class ManagerMixin:
    """Base of classes whose instances have names by which they are found from everywhere.

    Raises:
        AssertionError: A subclass's constructor takes no `name`, or the name is empty.

    Example:
        >>> class Visualizer(ManagerMixin):
        ...     def __init__(self, name: str) -> None:
        ...         super().__init__(name)
        >>> Visualizer.get_instance("main") is Visualizer.get_current_instance()
        True
    """

    _instance_dict: ClassVar[OrderedDict[str, Any]] = OrderedDict()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._instance_dict = OrderedDict()
        if "name" not in inspect.getfullargspec(cls).args:
            raise AssertionError(f"{cls} must have the `name` argument")

    def __init__(self, name: str = "") -> None:
        if not name or not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
            raise AssertionError("name argument must be an non-empty string.")
        self._instance_name = name

    @property
    def instance_name(self) -> str:
        """The name by which it is found."""
        return self._instance_name

    @classmethod
    def get_instance(cls, name: str, **kwargs: Any) -> Self:
        """The instance of that name, made now if there is none."""
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AssertionError(f"type of name should be str, but got {type(name)}")
        with _LOCK:
            instances = cls._instances()
            if name not in instances:
                instances[name] = cls(name=name, **kwargs)
            elif kwargs:
                warn_user(
                    f"{cls} instance named of {name} has been created, the method `get_instance` should not accept any other arguments",
                    UserWarning,
                )
            found: Self = instances[name]
            return found

    @classmethod
    def get_current_instance(cls) -> Self | None:
        """The instance that was made last.

        Raises:
            RuntimeError: There is none.
        """
        with _LOCK:
            if not cls._instance_dict:
                raise RuntimeError(
                    f"Before calling {cls.__name__}.get_current_instance(), you should call get_instance(name=xxx) at least once."
                )
            newest: Self = cls._instance_dict[next(reversed(cls._instance_dict))]
            return newest

    @classmethod
    def check_instance_created(cls, name: str) -> bool:
        """Whether there is an instance of that name."""
        return name in cls._instances()

    @classmethod
    def _instances(cls) -> MutableMapping[str, Any]:
        return cls._instance_dict


class DefaultScope(ManagerMixin):
    """The scope that builds look into; the one made last holds, everywhere but within `overwrite_default_scope`.

    Raises:
        AssertionError: The name or the scope is no str.

    Example:
        >>> with DefaultScope.overwrite_default_scope("mmdet"):
        ...     DefaultScope.get_current_instance().scope_name
        'mmdet'
    """

    def __init__(self, name: str, scope_name: str) -> None:
        super().__init__(name)
        if not isinstance(scope_name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AssertionError(f"scope_name should be a string, but got {scope_name}")
        self._scope_name = scope_name

    @property
    def scope_name(self) -> str:
        """The scope."""
        return self._scope_name

    @classmethod
    def get_current_instance(cls) -> Self | None:
        """The one that holds now; None if there is none."""
        within = _WITHIN.get()
        if within:
            innermost = within[0]
            newest: Self = innermost[next(reversed(innermost))]
            return newest
        return super().get_current_instance() if cls._instance_dict else None

    @classmethod
    @contextmanager
    def overwrite_default_scope(cls, scope_name: str | None) -> Generator[None, None, None]:
        """Let another scope hold in this thread or task until the block is left; None changes nothing.

        What is made within the block is forgotten with it.
        """
        if scope_name is None:
            yield
            return
        name = f"overwrite-{next(_NUMBERS)}"
        token = _WITHIN.set((OrderedDict({name: cls(name, scope_name)}), *_WITHIN.get()))
        try:
            yield
        finally:
            _WITHIN.reset(token)

    @classmethod
    def _instances(cls) -> MutableMapping[str, Any]:
        within = _WITHIN.get()
        return ChainMap(*within, cls._instance_dict) if within else cls._instance_dict  # new ones go into the first


# What is made within blocks of `overwrite_default_scope`, the innermost first; a block that is entered in one task isn't seen by others.
_WITHIN: ContextVar[tuple[OrderedDict[str, Any], ...]] = ContextVar("typed_registry.compat.within", default=())


def init_default_scope(scope: str) -> None:
    """Let a scope hold from now on; told by a warning in the log where another one held."""
    current = DefaultScope.get_current_instance()
    if current is None or not DefaultScope.check_instance_created(scope):
        DefaultScope.get_instance(scope, scope_name=scope)
    elif current.scope_name != scope:
        print_log(
            f'The current default scope "{current.scope_name}" is not "{scope}", `init_default_scope` will force set the current'
            f'default scope to "{scope}".',
            logging.WARNING,
        )
        DefaultScope.get_instance(f"{scope}-{next(_NUMBERS)}", scope_name=scope)
