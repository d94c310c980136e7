"""What each Python process of a traced script runs when it starts: it writes down the script's calls of SDK v1.

The public methods of the SDK's `Run` and `Experiment` are wrapped when, and if, the SDK is imported. A call counts if
the code that makes it is not the SDK's own. Its arguments are written down before it runs, since the script may change
them afterwards; how it ended is written down if it raised. A call does and gives what it did before: its traceback has
one frame more. What goes wrong in here is told in the record of the call, and never to the script.

This module imports nothing of the harness: it runs where none may be, as a text behind which `start` is called.
"""

from __future__ import annotations

import base64
import functools
import inspect
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import FrameType, ModuleType
from typing import Any

SDK = "azureml"
TRACED = ("Run", "Experiment")
LARGEST_FILE = 8 * 1024 * 1024
"""Bytes of a file whose content is kept with the call; of a larger one only its size is."""
LARGEST_INTEGER = 2**63

_FILES = {"Run.log_image": "path", "Run.upload_file": "path_or_stream"}
"""The parameters that name a file."""
_FIGURES = {"Run.log_image": "plot"}
"""The parameters that are a figure."""

_now = time.time  # a script may replace it


class Recorder:
    """Writes records as lines of JSON, each process into a file of its own."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._here = os.getcwd()
        self._numbers = itertools.count()

    def called(
        self,
        name: str,
        signature: inspect.Signature,
        owner: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        frame: FrameType | None,
    ) -> str | None:
        """Writes down a call before it runs; gives its number, or None if it is one of the SDK's own.

        Args:
            name: Such as `Run.log`.
            signature: Of the method, without `self`.
            owner: The run or experiment, None for a static or class method.
            args: As they were given, without `self`.
            kwargs: As they were given.
            frame: That of the code that calls.
        """
        if frame is None or _is_of_the_sdk(frame):
            return None
        number = f"{os.getpid()}-{next(self._numbers)}"
        record = {
            "number": number,
            "call": name,
            "time": _now(),
            "file": self._absolute(frame.f_code.co_filename),
            "line": frame.f_lineno,
            "function": frame.f_code.co_name,
        }
        try:
            record |= _names_of(owner)
            bound = signature.bind(*args, **kwargs)
            record["given"] = list(bound.arguments)
            bound.apply_defaults()
            arguments = {key: _encoded(value) for key, value in bound.arguments.items()}
            if name in _FIGURES and bound.arguments.get("path") is None:
                record |= _figure(arguments, _FIGURES[name], bound.arguments.get(_FIGURES[name]))
            if name in _FILES:
                record |= _file(bound.arguments.get(_FILES[name]))
            record["arguments"] = arguments
        except TypeError as error:
            record["wrong"] = str(error)  # the call itself is about to say so
        except Exception as error:  # whatever the script's objects raise is no business of the script
            record["failed"] = f"{type(error).__name__}: {error}"
        self._write(record)
        return number

    def raised(self, number: str, error: BaseException) -> None:
        """Writes down that a call raised."""
        try:
            told = str(error)
        except Exception as other:  # an exception of the script's may be anything
            told = f"({type(other).__name__} when it was asked for its message)"
        self._write({"raised": number, "type": type(error).__name__, "message": told})

    def _absolute(self, file: str) -> str:
        return file if file.startswith("<") else os.path.join(self._here, file)

    def _write(self, record: dict[str, Any]) -> None:
        """One line, written at once. The file is opened each time: a script may close what it has not opened."""
        try:
            line = (json.dumps(record) + "\n").encode()
            path = os.path.join(self._folder, f"{os.getpid()}.jsonl")
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                while line:
                    line = line[os.write(file, line) :]
            finally:
                os.close(file)
        except Exception:
            return  # that a number is missing tells that this was so


def wrapped(recorder: Recorder, name: str, function: Callable[..., Any], *, is_method: bool) -> Any:
    """The function, with each call of it written down."""
    signature = inspect.signature(function)
    if is_method:
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        here = inspect.currentframe()
        owner, given = (args[0], args[1:]) if is_method and args else (None, args)
        number = recorder.called(name, signature, owner, given, kwargs, here and here.f_back)
        if number is None:
            return function(*args, **kwargs)
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            recorder.raised(number, error)
            raise

    return call


def wrap(recorder: Recorder, module: Any) -> None:
    """Wraps the public methods of the SDK's classes, and what classes derived from them have instead."""
    for title in TRACED:
        top = getattr(module, title)
        for owner in (top, *_below(top)):
            for name in dir(owner) if owner is top else list(vars(owner)):
                found = None if name.startswith("_") else inspect.getattr_static(owner, name)
                label = f"{title}.{name}"
                if isinstance(found, staticmethod):
                    setattr(
                        owner, name, staticmethod(wrapped(recorder, label, found.__func__, is_method=False))
                    )
                elif isinstance(found, classmethod):
                    setattr(
                        owner, name, classmethod(wrapped(recorder, label, found.__func__, is_method=True))
                    )
                elif inspect.isfunction(found):
                    setattr(owner, name, wrapped(recorder, label, found, is_method=True))


def start(folder: str) -> None:
    """Has the calls written into the folder once the SDK is imported."""
    recorder = Recorder(folder)

    class Finder:
        """Finds that one package, and wraps what is in it once it is loaded."""

        @staticmethod
        def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
            spec = PathFinder.find_spec(name, path, target) if name == f"{SDK}.core" else None
            if spec is None or spec.loader is None:
                return None
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                wrap(recorder, module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # of this one loader
            return spec

    sys.meta_path.insert(0, Finder)


def _below(owner: type) -> list[type]:
    direct = owner.__subclasses__()
    return [*direct, *(other for each in direct for other in _below(each))]


def _is_of_the_sdk(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module == SDK or module.startswith(f"{SDK}.")


def _names_of(owner: Any) -> dict[str, str]:
    """The run and the experiment that the call is made on; both are known to the client, which asks nobody."""
    if owner is None or isinstance(owner, type):
        return {}
    if hasattr(owner, "experiment"):
        return {"run": str(owner.id), "experiment": str(owner.experiment.name)}
    return {"experiment": str(owner.name)}


def _file(given: Any) -> dict[str, Any]:
    """What is in the file that the call was given, as a path or as a stream, which stays where it is."""
    if isinstance(given, str | os.PathLike):
        if not os.path.isfile(given):
            return {}
        size = os.path.getsize(given)
        if size > LARGEST_FILE:
            return {"unkept": size}
        with open(given, "rb") as file:
            return {"content": _base64(file.read())}
    if isinstance(given, io.BytesIO):
        return {"content": _base64(given.getvalue()[given.tell() :])}
    if isinstance(given, io.IOBase) and given.seekable() and not isinstance(given, io.TextIOBase):
        place = given.tell()
        try:
            return {"content": _base64(given.read())}
        finally:
            given.seek(place)
    return {}


def _figure(arguments: dict[str, Any], name: str, given: Any) -> dict[str, Any]:
    """The figure drawn as it is now, as SDK v1 is about to draw it; in its place a word for what was given."""
    if not hasattr(given, "savefig"):
        return {}
    stream = io.BytesIO()
    given.savefig(stream, format="png")
    arguments[name] = "pyplot" if isinstance(given, ModuleType) else "figure"
    return {"picture": _base64(stream.getvalue())}


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _encoded(value: Any) -> Any:
    """A value as JSON has it, or as `{kind: ...}`, which `harness.tracing.records` reads; types are exact."""
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        return value if -LARGEST_INTEGER < value < LARGEST_INTEGER else {"int": hex(value)}
    if kind is float:
        return value if value - value == 0 else {"float": repr(value)}
    if kind is list:
        return [_encoded(item) for item in value]
    if kind is tuple or kind is set or kind is frozenset:
        return {kind.__name__: [_encoded(item) for item in value]}
    if kind is dict:
        return {"dict": [[_encoded(key), _encoded(item)] for key, item in value.items()]}
    if kind is bytes:
        return {"bytes": _base64(value)}
    numpy = sys.modules.get("numpy")
    if numpy is not None and kind.__module__ == "numpy" and isinstance(value, numpy.generic | numpy.ndarray):
        shape = list(value.shape) if kind is numpy.ndarray else None
        if value.dtype.kind in "biufU":
            return {"numpy": [value.dtype.str, shape, _base64(value.tobytes())]}
    return {
        "other": kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    }
