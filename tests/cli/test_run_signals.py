"""A run that is asked to stop ends in order, and one that is asked twice at once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

WAITING = """
import os, signal, sys, time
from harness.cli.engine import Stop, stopped_by_signals
stop = Stop(is_ending=ENDING)
if IGNORED:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
else:
    signal.signal(signal.SIGINT, signal.default_int_handler)
with stopped_by_signals(lambda: os.write(1, b"abandoned\\n"), stop):
    try:
        print("ready", flush=True)
        if ENDING:
            while stop.signal is None:
                time.sleep(0.01)
            print("noted", flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print(signal.Signals(stop.signal).name, flush=True)
        if WAITS:
            time.sleep(60)
assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
"""


def waiting(*, ignored: bool = False, waits: bool = False, ending: bool = False) -> subprocess.Popen[str]:
    """A process that waits to be stopped, and then, if so told, for the end of its work."""
    text = (
        WAITING.replace("IGNORED", str(ignored)).replace("WAITS", str(waits)).replace("ENDING", str(ending))
    )
    process = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_an_interruption(number: signal.Signals) -> None:
    process = waiting()
    process.send_signal(number)
    assert process.communicate(timeout=30)[0] == f"{number.name}\n"
    assert process.returncode == 0


def test_the_second_ends_the_process_and_the_terminal_is_given_back() -> None:
    process = waiting(waits=True)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "SIGINT\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[0] == "abandoned\n"
    assert process.returncode == -signal.SIGINT


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    process = waiting(ignored=True)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=30)[0] == "SIGTERM\n"


def test_a_signal_does_not_break_into_a_run_that_is_ending_and_a_second_one_does() -> None:
    process = waiting(ending=True)
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "noted\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[0] == "abandoned\n"
    assert process.returncode == -signal.SIGINT
