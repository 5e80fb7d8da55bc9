"""Actors for the store's tests: the store needs no token, only who asks."""

from bson import ObjectId

from models.actor import Actor, ActorKind, service


def person(**grants: frozenset[ObjectId]) -> Actor:
    """Somebody with an account and a profile in the advisor chat."""
    account = ObjectId()
    named = {name.replace("_", "."): ids for name, ids in grants.items()}
    return Actor(ActorKind.ACCOUNT, f"issuer {account}", account, {"advisor": ObjectId()}, named)


def operator() -> Actor:
    """Somebody who runs the platform."""
    return Actor(ActorKind.OPERATOR, "issuer operator", ObjectId(), {"advisor": ObjectId()})


ANSWERING = service("answering")
