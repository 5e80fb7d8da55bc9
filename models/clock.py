"""The time as every row stores it."""

import time


def now() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000
