"""The only room that speaks to MongoDB: it joins the policy to every question and asks for selected columns alone."""

from models.store.connection import Database
from models.store.principals import Principals
from models.store.reading import Reader
from models.store.replay import Replays
from models.store.writing import Writer


class Store:
    """One database, by what is done with it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.read = Reader(database)
        self.write = Writer(database)
        self.principals = Principals(database)
        self.replays = Replays(database, self.write)

    async def ready(self) -> None:
        """Ask the database for a sign of life; raises the driver's error when there is none."""
        await self._database.command("ping")


__all__ = ["Store"]
