"""The first chapters of a sale: Ann is invited as an agent, comes, and shows her licence."""

from models.estate.agent_credential import AGENT_CREDENTIALS
from models.mail.mail import MAILS
from tests.resolvers.advisor.writing import refusal
from tests.resolvers.estate.signing_in import ACCESS, caller, linked
from tests.story.offering import HOUSE
from tests.story.scene import Scene

PASSWORD = "correct horse battery staple"
MAIL = "ann@example.com"
NAMES = {"firstName": "Ann", "lastName": "Archer", "brokerageName": "Corner Homes"}
CARD = {"firstName": "Ann", "licenseNumber": None, "licenseVerified": False, "email": None}
EVE = {**CARD, "firstName": "Eve", "licenseNumber": "OR-666"}


async def invited(scene: Scene) -> None:
    """The operator invites Ann, by mail; nobody else may."""
    await scene.follow("visitor's agents", "anonymous", "estateAgentChanges", " ".join(CARD), shown=[EVE])
    await scene.refused("estateAgentInvite", "FORBIDDEN", but=["operator"], email=MAIL, **NAMES)
    shown = "agent { id firstName lastName agencyName email active isActivated licenseNumber }"
    invited = (await scene.does("operator", "estateAgentInvite", shown, email=MAIL, **NAMES))["agent"]
    scene.ids["agent"] = invited.pop("id")
    names = {"firstName": "Ann", "lastName": "Archer", "agencyName": "Corner Homes"}
    assert invited == {**names, "email": MAIL, "active": True, "isActivated": False, "licenseNumber": None}
    await scene.hear({"visitor's agents": [("ADDED", CARD)]})
    [mail] = await scene.database[MAILS.collection].find().to_list()
    assert (mail["to"], mail["subject"]) == (MAIL, "Your invitation")


async def activated(scene: Scene) -> None:
    """Whoever has the link of the mail learns the names and sets the password, once."""
    secret = await linked(scene.database)
    invitation = "query ($token: String!) { found: estateAgentInvitation(token: $token) { firstName brokerageName } }"
    await scene.refused(
        "estateAgentActivate", "INVALID", {"anonymous": "INVALID"}, but=[], token="x", password=PASSWORD
    )
    assert await scene.sees("anonymous", invitation, token="made up") == {"found": None}
    seen = {"firstName": "Ann", "brokerageName": "Corner Homes"}
    assert await scene.sees("anonymous", invitation, token=secret) == {"found": seen}
    given = {"token": secret, "password": PASSWORD}
    payload = await scene.does("anonymous", "estateAgentActivate", f"agent {{ id }} {ACCESS}", **given)
    assert payload["agent"] == {"id": scene.ids["agent"]}
    scene.cast["agent"], _ = caller(payload)
    me = await scene.sees("agent", "{ estateAgentMe { email isActivated } }")
    assert me == {"estateAgentMe": {"email": MAIL, "isActivated": True}}
    assert await refusal(scene.api, "estateAgentActivate", scene.cast["anonymous"], **given) == ("INVALID", "token")
    assert await scene.sees("anonymous", invitation, token=secret) == {"found": None}


async def signed_in(scene: Scene) -> None:
    """Ann signs in with her password; who has it wrong is counted, and told to the audit."""
    of_ann = f'agentId: "{scene.ids["agent"]}"'
    before = [{"event": event} for event in ("ACTIVATED", "INVITED")]
    await scene.follow("audit", "operator", "estateAuditEntryChanges", "event", of_ann, shown=before)
    for who in ("other agent", "anonymous"):
        wrong = {"email": MAIL, "password": "another horse entirely"}
        answer = await refusal(scene.api, "estateAgentSignIn", scene.cast[who], **wrong)
        assert answer == ("UNAUTHENTICATED", None)
    assert await _failures(scene) == 2
    await scene.hear({"audit": [("ADDED", {"event": "SIGN_IN_FAILED"})] * 2})
    given = {"email": MAIL.upper(), "password": PASSWORD}
    payload = await scene.does("anonymous", "estateAgentSignIn", f"agent {{ id }} {ACCESS}", **given)
    assert payload["agent"] == {"id": scene.ids["agent"]}
    scene.cast["agent"], scene.ids["refresh token"] = caller(payload)
    assert await _failures(scene) == 0
    await scene.hear({"audit": [("ADDED", {"event": "SIGNED_IN"})]})
    me = "{ estateAgentMe { id } }"
    assert await scene.sees("agent", me) == {"estateAgentMe": {"id": scene.ids["agent"]}}
    await scene.hidden(me, None, but=["agent", "other agent"])


async def _failures(scene: Scene) -> int:
    [credential] = await scene.database[AGENT_CREDENTIALS.collection].find().to_list()
    return int(credential["failedLogins"])


async def licensed(scene: Scene) -> None:
    """Ann sets her licence, without which she offers nothing; once it is verified, she changes it no more."""
    assert await refusal(scene.api, "estateListingCreate", scene.cast["agent"], **HOUSE) == ("WRONG_STATE", None)
    ann = {"id": scene.ids["agent"]}
    given = {**ann, "licenseNumber": "OR-1"}
    await scene.refused("estateAgentUpdate", "FORBIDDEN", but=["agent", "operator"], **given)
    shown = "agent { licenseNumber licenseVerified }"
    payload = await scene.does("agent", "estateAgentUpdate", shown, **given)
    assert payload == {"agent": {"licenseNumber": "OR-1", "licenseVerified": False}}
    await scene.hear({"visitor's agents": [("CHANGED", {**CARD, "licenseNumber": "OR-1"})]})
    await scene.refused("estateAgentUpdate", "FORBIDDEN", but=["operator"], **ann, licenseVerified=True)
    payload = await scene.does("operator", "estateAgentUpdate", shown, **ann, licenseVerified=True)
    assert payload == {"agent": {"licenseNumber": "OR-1", "licenseVerified": True}}
    await scene.hear({"visitor's agents": [("CHANGED", {**CARD, "licenseNumber": "OR-1", "licenseVerified": True})]})
    await scene.refused("estateAgentUpdate", "FORBIDDEN", but=["operator"], **ann, licenseNumber="OR-2")
