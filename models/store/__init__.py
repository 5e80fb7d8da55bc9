"""The only room that speaks to MongoDB: it joins the policy to every question and asks for selected columns alone."""

from collections.abc import Iterable

from bson import ObjectId

from models.store.alerts import Alerts
from models.store.asking import Asking
from models.store.connection import Database
from models.store.feed import Feed
from models.store.live.sources import Sources
from models.store.mails import Mails
from models.store.principals import Principals
from models.store.reading import Reader
from models.store.replay import Replays
from models.store.trails import Trails
from models.store.writing import Writer
from models.tables import PORTALS, PROFILES, TABLES


class Store:
    """One database, by what is done with it; it works on no single call for longer than `seconds`."""

    def __init__(self, database: Database, seconds: float = 10.0) -> None:
        self._database = database
        self.feed = Feed(database)
        self.principals = Principals(database, self.feed, PROFILES, PORTALS)
        asking = Asking(database, int(seconds * 1000))
        self.read = Reader(database, asking, self.feed, TABLES)
        self.live = Sources(database, self.feed, self.read, asking)
        self.write = Writer(database, self._changed, seconds)
        self.replays = Replays(database, self.write)
        self.mails = Mails(database, seconds)
        self.trails = Trails(database, seconds)
        self.alerts = Alerts(database, self.write, self.mails, seconds)

    def _changed(self, collection: str, keys: Iterable[ObjectId] | None) -> None:
        """Tell what is kept of a write of this process."""
        keys = None if keys is None else tuple(keys)
        self.principals.changed(collection, keys)
        self.read.referenced.changed(collection, keys)

    async def ready(self) -> None:
        """Ask the database for a sign of life; raises the driver's error when there is none."""
        await self._database.command("ping")


__all__ = ["Store"]
