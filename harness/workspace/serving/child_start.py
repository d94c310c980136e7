"""What each Python process of a script runs when it starts, copied as `sitecustomize.py` into a temporary folder.

The client of SDK v1 keeps the addresses of services in a file below the user's home; no argument or variable moves
it. Here it is moved beside this file, when and if the client is imported. Nothing else is changed, and a
`sitecustomize` of the user's own runs as well. A process that does not look for one (`python -I`) works, too; it
then leaves an entry in that file.

This module imports nothing of the harness: it runs where none may be.
"""

import importlib
import os
import sys
from importlib.machinery import PathFinder

_HERE = os.path.dirname(os.path.abspath(__file__))
_MODULE = "azureml._base_sdk_common.service_discovery"
AT_START = "at_start.py"
"""A file beside this one which is run too, if it is there. It sees nothing of this module, nor does the script."""


class _Finder:
    """Finds that one module, and changes the default of one argument in it once it is loaded."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # type: ignore[no-untyped-def]
        """The module as it would be found anyway."""
        spec = PathFinder.find_spec(name, path, target) if name == _MODULE else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module):  # type: ignore[no-untyped-def]
            load(module)
            make = module.CachedServiceDiscovery.__init__
            if len(make.__defaults__ or ()) == 1:
                make.__defaults__ = (os.path.join(_HERE, "discovery.json"),)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _run_the_users_own() -> None:
    ours = sys.modules.pop("sitecustomize", None)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]
    try:
        importlib.import_module("sitecustomize")
    except ImportError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        if ours is not None:
            sys.modules.setdefault("sitecustomize", ours)


def _run_what_is_beside() -> None:
    path = os.path.join(_HERE, AT_START)
    if os.path.isfile(path):
        with open(path, encoding="utf-8") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, {"__name__": "harness_at_start"})


if __name__ == "sitecustomize":
    sys.meta_path.insert(0, _Finder)
    _run_what_is_beside()
    _run_the_users_own()
