"""Activating and deactivating an advisor: active ⇄ inactive, and neither once it is archived.

An inactive advisor stays on the boards that it is on: its entry is listed, and shows the advisor to those alone who
may still read it.
"""

import strawberry

from models.advisor.advisor import ADVISORS, AdvisorStatus
from resolvers.advisor.advisor import Advisor
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="An advisor to activate.")
class AdvisorActivateInput(Input):
    id: strawberry.ID = required("Id of the advisor.")
    expectedVersion: int | None = optional("Write only if the advisor is still at this version.")


@strawberry.type(description="The advisor that was activated.")
class AdvisorActivatePayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The advisor as it is now.")


@strawberry.input(description="An advisor to deactivate.")
class AdvisorDeactivateInput(Input):
    id: strawberry.ID = required("Id of the advisor.")
    expectedVersion: int | None = optional("Write only if the advisor is still at this version.")


@strawberry.type(description="The advisor that was deactivated.")
class AdvisorDeactivatePayload(Payload):
    advisor: Advisor | None = one(ADVISORS, "advisor", "The advisor as it is now.")


async def activate(hand: Change, input: AdvisorActivateInput) -> Outcome:
    """Let an inactive advisor answer again."""
    return await _turn(hand, input.id, input.expectedVersion, AdvisorStatus.INACTIVE, AdvisorStatus.ACTIVE)


async def deactivate(hand: Change, input: AdvisorDeactivateInput) -> Outcome:
    """Let an active advisor rest."""
    return await _turn(hand, input.id, input.expectedVersion, AdvisorStatus.ACTIVE, AdvisorStatus.INACTIVE)


async def _turn(
    hand: Change, id: str, expected_version: int | None, before: AdvisorStatus, after: AdvisorStatus
) -> Outcome:
    key = hand.key(ADVISORS, id)
    await hand.store.write.update(
        ADVISORS,
        key,
        hand.actor,
        {"status": after},
        expected_version=expected_version,
        when={"status": before.value},
        otherwise=f"Only an {before.value} advisor can be made {after.value}.",
    )
    return {"advisor": key}


@strawberry.type
class AdvisorActivateMutations:
    advisorActivate: AdvisorActivatePayload = change(
        activate, "Let an inactive advisor answer again.", current="advisor"
    )
    advisorDeactivate: AdvisorDeactivatePayload = change(
        deactivate, "Let an active advisor rest: it stays on boards, and is chosen by nobody.", current="advisor"
    )
