"""Gives answers in a process of its own."""

from functools import partial

from graphql_api.answering.worker import at_work
from graphql_api.commands.working import work
from graphql_api.settings import load_settings


async def run() -> None:
    """Give answers until SIGINT or SIGTERM. Raises as `work` does."""
    settings = load_settings()
    told = {"endpoint": settings.answer_url is not None, "concurrency": settings.answer_concurrency}
    await work(settings, partial(at_work, settings), "answering", **told)
