"""What the tests of lists that are kept up to date share: how a caller is turned away, and by what words."""

from collections.abc import Mapping
from typing import Any

from tests.fixtures.live import Lists
from tests.fixtures.wire import Caller

Error = dict[str, Any]


async def refusal(lists: Lists, document: str, variables: Mapping[str, Any], by: Caller) -> Error:
    """The only error of a subscription that is refused at its start, and ends with that."""
    async with lists.following(document, variables, by=by) as live:
        answer = await live.answer()
        assert [delivery async for delivery in live._deliveries] == []
    assert answer.get("data") is None
    (error,) = answer["errors"]
    found: Error = error["extensions"] | {"message": error["message"]}
    return found


SIGN_IN = {"code": "UNAUTHENTICATED", "message": "Sign in to follow this list."}
NOT_YOURS = {"code": "FORBIDDEN", "message": "You may not read this list."}


def out_of_range(field: str, given: int) -> Error:
    """The error of a window that is too small or too large."""
    message = f"{field} must be between 1 and 100, not {given}."
    return {"code": "OUT_OF_RANGE", "field": [field], "message": message}
