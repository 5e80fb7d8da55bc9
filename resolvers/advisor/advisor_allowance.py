"""How many advisors of their own a person's plan allows: each new one claims a place, an archived one gives it back."""

from typing import Any

from bson import ObjectId

from models.advisor.advisor import PRIVATE_ADVISORS
from models.advisor.user import USERS, UserPlan
from models.errors import Code, Refusal
from models.policy import Filter
from resolvers.verbs.write import Change


def _room(plan: UserPlan, limit: int | None) -> dict[str, Any]:
    unlimited: dict[str, Any] = {"plan": plan.value}
    return unlimited if limit is None else {**unlimited, "privateAdvisorCount": {"$lt": limit}}


HAS_ROOM: Filter = {"$or": [_room(plan, limit) for plan, limit in PRIVATE_ADVISORS.items()]}
"""The people whose plan allows one advisor more. The count is compared and raised by one statement: of any number of
writers at once no more get in than there is room for."""


async def claim(hand: Change, person: ObjectId) -> None:
    """Count one advisor more of the person. Raises PLAN_REQUIRED when the plan allows no more."""
    counted = {"$inc": {"privateAdvisorCount": 1}}
    if await hand.store.write.effect_one(USERS, {"_id": person, **HAS_ROOM}, counted, quiet=True) is None:
        plan = UserPlan((await hand.readable(USERS, person, "plan"))["plan"])
        allowed = f"Your plan ({plan.value}) allows {PRIVATE_ADVISORS[plan]} private advisors"
        raise Refusal(Code.PLAN_REQUIRED, f"{allowed}: archive one, or change the plan.")


async def release(hand: Change, person: ObjectId) -> None:
    """Count one advisor less of the person."""
    counted = {"$inc": {"privateAdvisorCount": -1}}
    await hand.store.write.effect_one(USERS, {"_id": person, "privateAdvisorCount": {"$gt": 0}}, counted, quiet=True)
