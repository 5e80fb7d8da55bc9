"""The public audits of graphql-http, run by node against a real server."""

from tests.graphql_api.http.node import needs_npm, printed

pytestmark = needs_npm


async def test_all_audits_pass(live: str) -> None:
    results = await printed("audit.mjs", live)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == 61
