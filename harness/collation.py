"""Functions of snippets about texts that MySQL and MariaDB take for the same, in the collation of the run's databases.

They are pure. Nothing here knows MLflow or Azure.

Source: the weights that MariaDB 10.11 gives to each character in `utf8mb4_general_ci` (`SELECT WEIGHT_STRING(...)`),
which a test asks for again where there is a server. It is a capital letter without its accents, as in Unicode 3.0.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

__all__ = ["clash_in_mysql", "is_same_in_mysql"]

_UNICODE = unicodedata.ucd_3_2_0

# Scripts whose letters are compared without their accents: Latin, Greek and Cyrillic.
_WITHOUT_ACCENTS = (range(0x00C0, 0x0500), range(0x1E00, 0x2000))

_OTHERWISE = {
    "ß": "S",
    "\u03f2": "Σ",  # a lunate sigma
    # A letter of its own.
    "Й": "Й",
    "й": "Й",
    # They have had a capital letter since Unicode 3.2 only.
    **{letter: letter for letter in "ƞϙϵҋӆӊӎӏԁԃԅԇԉԋԍԏ"},
}


def is_same_in_mysql(one: str, other: str) -> bool:
    """Whether a column that has to be unique cannot hold both: letters of either case, accents, blanks at the end."""
    return compared_in_mysql(one) == compared_in_mysql(other)


def clash_in_mysql(batches: Sequence[Iterable[str]]) -> int:
    """The first batch of names with one that is the same as another, of this batch or of those before.

    A name that comes again as it is counts for nothing. Where no two are the same it is the number of batches.
    """
    known: dict[str, str] = {}
    for index, batch in enumerate(batches):
        for name in batch:
            if known.setdefault(compared_in_mysql(name), name) != name:
                return index
    return len(batches)


def compared_in_mysql(text: str) -> str:
    """What stands for all texts that are the same as this one."""
    return "".join(map(_weight, text.rstrip(" ")))


def _weight(character: str) -> str:
    if character > "\uffff":
        return "\ufffd"
    if character in _OTHERWISE:
        return _OTHERWISE[character]
    if _UNICODE.category(character) == "Cn":
        return character
    base = _base(character)
    if base in _OTHERWISE:
        return _OTHERWISE[base]
    capital = base.upper()
    return capital if len(capital) == 1 and _UNICODE.category(capital) != "Cn" else base


def _base(letter: str) -> str:
    """A letter without its accents; one that is another way to write the same letter stays as it is."""
    while any(ord(letter) in script for script in _WITHOUT_ACCENTS) and _UNICODE.category(letter)[0] == "L":
        parts = _UNICODE.decomposition(letter).split()
        if len(parts) < 2 or parts[0].startswith("<"):
            break
        letter = chr(int(parts[0], 16))
    return letter
