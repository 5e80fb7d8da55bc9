"""The sale of a house from the agent's invitation to her last word on it, chapter by chapter through the wire."""

from tests.story import arriving, bargaining, closing, looking, offering
from tests.story.scene import Chapter, Scene, play

CHAPTERS: tuple[Chapter, ...] = (
    arriving.invited,
    arriving.activated,
    arriving.signed_in,
    arriving.licensed,
    offering.homes_offered,
    offering.barn_withdrawn,
    offering.buyers_portals_opened,
    offering.sellers_portal_opened,
    looking.visitors_came_in,
    looking.everybody_follows,
    looking.wishes_told,
    looking.homes_searched,
    looking.search_saved,
    looking.house_looked_at,
    looking.search_fired,
    bargaining.offer_made,
    bargaining.offer_analysed,
    bargaining.countered,
    bargaining.countered_back,
    bargaining.accepted,
    bargaining.sold,
    closing.figures_shown,
    closing.history_shown,
    closing.switched_off,
    closing.signed_out,
)


async def test_the_sale_of_a_house(scene: Scene) -> None:
    await play(scene, CHAPTERS)
