"""A clock that stands until it is told, and bounded waiting for what another thread does."""

import threading
import time


class HandClock:
    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s

    def advance(self, seconds):
        self.now_s += seconds


def eventually(condition, timeout_s=10.0):
    """Wait until something is true; a value of it, or an assertion that says what it was."""
    pause = threading.Event()
    end_s = time.monotonic() + timeout_s
    while not (value := condition()):
        assert time.monotonic() < end_s, f"never became true: {condition}"
        pause.wait(0.002)
    return value
