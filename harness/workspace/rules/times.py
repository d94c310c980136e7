"""Points in time as the services write and read them. Nothing else.

A time is a whole number of ticks of 100 ns since 1970 (UTC), the resolution of the services' own clock type.
Times are compared as numbers, never as text: clients leave trailing zeros out, so "08.741Z" and "08.741012Z"
do not sort as text.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone

_TICKS_PER_SECOND = 10_000_000
_EPOCH = datetime(1970, 1, 1)
_FIRST_SECOND = int((datetime.min - _EPOCH) / timedelta(seconds=1))
_LAST_SECOND = int((datetime(9999, 12, 31, 23, 59, 59) - _EPOCH) / timedelta(seconds=1))
_SHAPE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):?(\d\d))?",
    re.ASCII | re.IGNORECASE,
)


def now() -> int:
    """The present, in ticks."""
    return time.time_ns() // 100


def parse_time(text: str) -> int:
    """The ticks of an ISO 8601 time; without an offset it is UTC. Raises `ValueError` for anything else."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not an ISO 8601 time: {text!r}")
    *whole, fraction, sign, hours, minutes = found.groups(default="0")
    seconds = int((datetime(*map(int, whole)) - _EPOCH) / timedelta(seconds=1))  # type: ignore[arg-type]
    offset = (int(hours) * 60 + int(minutes)) * 60
    seconds -= -offset if sign == "-" else offset
    if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
        raise ValueError(f"not within the years 1 to 9999: {text!r}")
    return seconds * _TICKS_PER_SECOND + int((fraction + "0000000")[:7])


def show_time(ticks: int) -> str:
    """The time as the services write it: an offset instead of a Z, and seven digits at most."""
    seconds, rest = divmod(ticks, _TICKS_PER_SECOND)
    moment = datetime.fromtimestamp(0, timezone.utc) + timedelta(seconds=seconds)
    fraction = f".{rest:07d}".rstrip("0").rstrip(".")
    # Not by strftime, which writes the year 33 without zeros.
    return f"{moment.isoformat()[:19]}{fraction}+00:00"
