"""What a result was measured on, in a line without names or paths."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import psutil

MONGOD = "MongoDB 6.0.5"


def words() -> str:
    """Processor, cores, memory, system, database, and the day."""
    gigabytes = psutil.virtual_memory().total / 2**30
    cores = len(os.sched_getaffinity(0))
    day = datetime.now(UTC).date().isoformat()
    return f"{_processor()}, {cores} cores, {gigabytes:.0f} GB, Linux {_kernel()}, {MONGOD} on loopback, {day}"


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def _kernel() -> str:
    return ".".join(platform.release().split(".")[:2])
