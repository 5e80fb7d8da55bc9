"""Scripts of node with the pinned packages of `audit`."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

FOLDER = Path(__file__).parent / "audit"

# `make test` asks for Python and make alone, and these are programs of npm. `.ci/run` does not begin without it:
# no change lands with them left out.
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is optional for users; .ci/run installs it")


async def printed(script: str, address: str) -> Any:
    """Run a script against the server at this address; what it prints is JSON."""
    there = orjson.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    if not all((FOLDER / "node_modules" / package).exists() for package in there):
        await _output("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    return orjson.loads(await _output("node", script, f"{address}/graphql"))


async def _output(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, cwd=FOLDER, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0
    return output
