"""Makes mutations by the schema alone: inputs that are mostly right, by whoever comes along, the same for each seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)

from models import global_id
from models.clock import now
from models.table import Table
from models.tables import TABLES

ODD: Mapping[str, Sequence[Any]] = {
    "String": ("", " ", "\0", "a\0b", "\U0001f3e0" * 60, "\u202e\ufeff", "x" * 33_000, "$where", "a.b", "\u0130" * 100),
    "Int": (0, -1, 2**31 - 1, -(2**31), 1600),
    "Float": (0, -0.0, 0.25, 1e308, -1e308, 5e-324, 1e12),
    "Timestamp": (0, 1, 2**53 - 1),
    "Date": ("1970-01-01", "9999-12-31"),
    "JSON": ([], {}, 0, {"a": {"b": [None, "\0"]}}, "text", 2**63 - 1),
    "ID": ("", "eLst", "eLstAAAAAAAAAAAAAAAA", "0" * 20),
}
"""Values at the edge of what there is, by type."""

FAIR: Mapping[str, Sequence[Any]] = {
    "email": ("bea@example.com", "cy@example.com"),
    "city": ("Portland", "Salem"),
    "cities": (["Portland"], []),
    "offerAmount": (400_000, 500_000),
    "downPayment": (0, 90_000),
    "maxPrice": (900_000,),
    "minPrice": (0, 100_000),
    "budgetMax": (900_000,),
    "confidence": (0.5,),
    "version": (1, 1, 2, 3),
    "expectedVersion": (None, None, 1, 2),
    "images": (["https://example.com/1.jpg"], []),
    "videos": ([],),
    "imagesViewed": ([], [0]),
    "videosWatched": ([],),
    "virtualTourUrl": (None, "https://example.com/tour"),
    "transactionId": (None, "11111111-2222-3333-4444-555555555555"),
    "lease": (None,),
    "first": (None, 5),
    "bedrooms": (2, 3),
    "bathrooms": (1, 2.5, "2+"),
    "lat": (45.5,),
    "lng": (-122.6,),
    "clientMutationId": (None, None, None, "1", "2"),
    "yearBuilt": (1990, None),
    "contingencies": ([], ["inspection"]),
}
"""Values that are taken, by the name of a field; null is for what may be left out."""

REFERRED = {
    "listingId": "EstateListing",
    "buyerSessionId": "EstateBuyerSession",
    "profileId": "BuyerProfile",
    "buyerProfileId": "BuyerProfile",
    "propertyMentioned": "BuyerRepliersListing",
}


@dataclass
class Storm:
    """One source of mutations. `ids` are those of the rows there are, by the name of their type."""

    schema: GraphQLSchema
    chance: random.Random
    ids: dict[str, list[str]] = field(default_factory=dict)
    depth: int = 0

    def mutation(self, name: str) -> tuple[str, dict[str, Any]]:
        """The document of a mutation, and its variables."""
        mutations = self.schema.mutation_type
        assert mutations is not None
        kind = mutations.fields[name].args["input"].type
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        assert isinstance(inner, GraphQLInputObjectType)
        document = f"mutation($input: {inner.name}!) {{ {name}(input: $input) {{ userErrors {{ code }} }} }}"
        return document, {"input": self._object(name, inner)}

    def query(self, name: str) -> tuple[str, dict[str, Any]]:
        """The document of a query, and its variables."""
        queries = self.schema.query_type
        assert queries is not None
        found = queries.fields[name]
        given = {
            each: self._value(name, each, kind.type)
            for each, kind in found.args.items()
            if is_required_argument(kind) or self.chance.random() < 0.3
        }
        declared = " ".join(f"${each}: {found.args[each].type}" for each in given)
        passed = ", ".join(f"{each}: ${each}" for each in given)
        shown = "{ __typename }" if is_composite_type(get_named_type(found.type)) else ""
        whole = f"{name}({passed}) {shown}" if given else f"{name} {shown}"
        return f"query({declared}) {{ {whole} }}" if given else f"{{ {whole} }}", given

    def _object(self, mutation: str, kind: GraphQLInputObjectType) -> dict[str, Any]:
        given: dict[str, Any] = {}
        self.depth += 1
        for name, each in kind.fields.items():
            # Conditions hold conditions: the deeper, the fewer.
            if is_required_input_field(each) or self.chance.random() < 0.5**self.depth:
                given[name] = self._value(mutation, name, each.type)
        self.depth -= 1
        return given

    def _value(self, mutation: str, name: str, kind: Any) -> Any:
        required = isinstance(kind, GraphQLNonNull)
        inner = kind.of_type if required else kind
        if not required and self.chance.random() < 0.05:
            return None
        if isinstance(inner, GraphQLInputObjectType):
            return self._object(mutation, inner)
        if isinstance(inner, GraphQLEnumType):
            return self.chance.choice(sorted(inner.values))
        odd = self.chance.random() < 0.06
        if not odd and (fair := _fair(name, inner, required=required)):
            return self.chance.choice(fair)
        if isinstance(inner, GraphQLList):
            number = self.chance.choice((0, 1, 1, 2, 120 if odd else 2))
            return [self._value(mutation, name, inner.of_type) for _ in range(number)]
        return (
            self.chance.choice(ODD.get(inner.name, (True, False))) if odd else self._plain(mutation, name, inner.name)
        )

    def _plain(self, mutation: str, name: str, kind: str) -> Any:
        if kind == "ID":
            return self._id(mutation, name)
        soon = now() + 3_600_000
        return {
            "String": f"Some {self.chance.randint(1, 99)}",
            "Int": self.chance.randint(1, 50),
            "Float": self.chance.randint(0, 10) / 10,
            "Boolean": self.chance.random() < 0.5,
            "Timestamp": soon,
            "Date": (datetime.now(UTC) + timedelta(days=30)).date().isoformat(),
            "JSON": {"some": self.chance.randint(1, 99)},
        }[kind]

    def _id(self, mutation: str, name: str) -> str:
        """An id of the kind that is asked for, mostly; for a new row one that is free, mostly."""
        table = _table(mutation, name)
        if name == "id" and mutation.endswith(("Create", "Send", "Record", "Log")) and self.chance.random() < 0.9:
            return global_id.encode(table.tag, ObjectId(self.chance.randbytes(12)))
        kind = table.type_name if self.chance.random() < 0.95 else self.chance.choice(sorted(self.ids))
        known = self.ids.get(kind) or ["eLstAAAAAAAAAAAAAAAA"]
        # What was made last is in a state that allows most.
        return self.chance.choice(known[-4:] if self.chance.random() < 0.6 else known)


def _fair(name: str, kind: Any, *, required: bool) -> Sequence[Any]:
    known = FAIR["email"] if name.endswith("Email") else FAIR.get(name, ())
    fitting: tuple[type, ...] = (str, type(None)) if getattr(kind, "name", "") == "String" else (object,)
    return [value for value in known if isinstance(value, fitting) and not (required and value is None)]


def _table(mutation: str, name: str) -> Table[Any]:
    """The table of the row that a field of a mutation names."""
    kind = REFERRED.get(name, "")
    if name == "listingId" and mutation.startswith("buyer"):
        kind = "BuyerRepliersListing"
    if name == "sessionId":
        kind = "BuyerChatSession" if mutation.startswith("buyer") else "EstateBuyerSession"
    named = f"{mutation[0].upper()}{mutation[1:]}".replace("Offers", "Offer")
    fitting = [table for table in TABLES if table.type_name == kind or (not kind and named.startswith(table.type_name))]
    return max(fitting, key=lambda table: len(table.type_name), default=TABLES[0])
