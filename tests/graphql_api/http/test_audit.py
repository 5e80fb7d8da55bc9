"""The public audits of graphql-http, run by node against a real server."""

import asyncio
import shutil
from pathlib import Path

import orjson
import pytest

FOLDER = Path(__file__).parent / "audit"

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is optional for users; .ci/run installs it")


async def _output(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, cwd=FOLDER, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0
    return output


async def test_all_audits_pass(live: str) -> None:
    if not (FOLDER / "node_modules").exists():
        await _output("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    results = orjson.loads(await _output("node", "audit.mjs", f"{live}/graphql"))
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
