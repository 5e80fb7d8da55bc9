"""Sends mails in a process of its own."""

from functools import partial

from graphql_api.commands.working import work
from graphql_api.mail.worker import at_work, by_smtp
from graphql_api.settings import SettingsError, load_settings


async def run() -> None:
    """Send mails until SIGINT or SIGTERM. Raises as `work` does."""
    settings = load_settings()
    delivery = by_smtp(settings)
    if delivery is None:
        raise SettingsError("SMTP_URL: must be set, together with MAIL_FROM: `mail` has no other way to send mails")
    await work(settings, partial(at_work, delivery), "sending mails", sender=settings.mail_from)
