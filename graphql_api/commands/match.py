"""Matches listings with saved searches in a process of its own."""

from functools import partial

from graphql_api.commands.working import work
from graphql_api.matching.worker import at_work
from graphql_api.settings import load_settings


async def run() -> None:
    """Match until SIGINT or SIGTERM. Raises as `work` does."""
    settings = load_settings()
    await work(settings, partial(at_work, settings), "matching saved searches")
