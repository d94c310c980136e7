"""How the HTML pages are made: templates that escape everything, and a policy that lets nothing in from anywhere.

Every value is escaped, and what a screen would obey instead of showing it is shown as its escape. A page allows its own
style and script, by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from importlib import resources
from types import MappingProxyType

from jinja2 import Environment, FunctionLoader, StrictUndefined

from harness.report import summary
from harness.report.model import VerdictName

LONGEST = 20_000
"""Characters of one value that a page has; the report's file has it whole."""
SHORT = 300
"""Characters of a name or a heading; where a longer one belongs, a box has it whole."""

SYMBOLS: Mapping[VerdictName, str] = MappingProxyType(
    {
        "not-verified": "?",
        "unexplained": "!",
        "broken": "\N{MULTIPLICATION SIGN}",
        "lossy": "▼",
        "refuses": "■",
        "lossy-at-edges": "▽",
        "refuses-at-edges": "□",
        "equivalent-as-disclosed": "≈",
        "equivalent": "=",
    }
)
"""A shape for each verdict, beside its word: filled for usual data, hollow at the edges."""


def rendered(template: str, *, script: str | None = None, **values: object) -> str:
    """A page, ending in a newline.

    Args:
        template: The name of its template, beside this module.
        script: The name of its script, if it has one.
        values: What the template is told, besides the style and the policy.
    """
    environment = Environment(
        loader=FunctionLoader(part),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["whole"] = _whole
    style, code = part("page.css"), "" if script is None else part(script)
    page = environment.get_template(template).render(
        style=_Verbatim(style),
        script=_Verbatim(code),
        policy=_policy(style, code),
        symbols=SYMBOLS,
        short=SHORT,
        plural=summary.plural,
        **values,
    )
    return page if page.endswith("\n") else page + "\n"


def part(name: str) -> str:
    """A file beside this module."""
    return (resources.files("harness.report.page") / name).read_text(encoding="utf-8")


class _Verbatim(str):
    """HTML that goes into the page as it is; the template engine asks for `__html__`."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def _visible(value: object) -> object:
    """What the engine escapes and puts into the page for a value of the template; what is HTML stays as it is."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return summary.printable(summary.cut(value, SHORT))
    return value


def _whole(text: str) -> _Verbatim:
    """A value which is longer than a name may be: code, a message, a sentence."""
    return _Verbatim(escape(summary.printable(summary.cut(text, LONGEST))))


def _policy(style: str, script: str) -> str:
    """The content security policy: nothing from anywhere, and of what is inline only what is ours."""
    scripts = f"script-src {_hash(script)}; " if script else ""
    return (
        f"default-src 'none'; style-src {_hash(style)}; {scripts}"
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
