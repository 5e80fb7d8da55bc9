"""Analyzes offers in a process of its own."""

from functools import partial

from graphql_api.analysis.worker import at_work
from graphql_api.commands.working import work
from graphql_api.settings import load_settings


async def run() -> None:
    """Analyze until SIGINT or SIGTERM. Raises as `work` does."""
    settings = load_settings()
    await work(settings, partial(at_work, settings), "analyzing offers", endpoint=settings.answer_url is not None)
