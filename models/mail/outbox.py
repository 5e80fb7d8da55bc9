"""Where whoever has something to tell by mail puts it."""

from models.mail.mail import Mail
from models.store import Store


async def post(store: Store, mail: Mail) -> None:
    """Let a mail be sent once the transaction around this is committed; of one that is undone nothing is sent.

    No rule is asked: that somebody is written to is a consequence of what the caller was allowed to do. Raises
    ValueError for texts that are too long, without showing them.
    """
    await store.mails.put(mail)
