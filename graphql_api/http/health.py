"""Tells a balancer whether the process lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graphql_api.http.responses import RETRY
from graphql_api.limits import READY_SECONDS

log = structlog.get_logger(__name__)


def health_routes(check: Callable[[], Awaitable[None]]) -> list[Route]:
    """Return `/health/live` and `/health/ready`; `check` raises while the server cannot do its work.

    Ready is 200 or 503. Why it is not ready stands in the log only: the route is open to everybody.
    """

    async def live(_: Request) -> Response:
        return _answer(200, "live")

    async def ready(_: Request) -> Response:
        try:
            async with asyncio.timeout(READY_SECONDS):
                await check()
        except Exception as error:  # noqa: BLE001 - whatever keeps the check from passing keeps the server from serving
            log.warning("not ready", error=f"{type(error).__name__}: {error}")
            return _answer(503, "unavailable")
        return _answer(200, "ready")

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _answer(status: int, word: str) -> Response:
    headers = {"Cache-Control": "no-store", **(RETRY if status == 503 else {})}
    return JSONResponse({"status": word}, status, headers)
