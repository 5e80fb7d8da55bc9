"""The content of an advisor: every column and path comes back as it was written."""

from tests.fixtures.wire import Api, People

CONTENT = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "imageUrl": "https://example.com/ada.png",
    "schemaVersion": "2.1",
    "category": "technical",
    "persona": {
        "name": "Ada",
        "title": "Engineer",
        "image": "https://example.com/face.png",
        "description": "Builds engines.",
        "oneLiner": "Numbers weave.",
        "archetype": "sage",
        "temperament": "calm",
        "bio": "Born in London.",
        "detailedBackground": "Taught at home.",
        "experience": "Ten years.",
        "specialties": ["engines", "notes"],
        "personalInterests": ["music"],
        "communicationStyle": "plain",
        "personality": ["curious"],
        "expertise": ["mathematics"],
        "coreBeliefsOrPrinciples": ["Clarity."],
        "education": {
            "degreeLevel": "none",
            "degreeName": "honorary",
            "major": "mathematics",
            "institution": "home",
            "graduationYear": 1833,
        },
        "location": {
            "city": "London",
            "region": "England",
            "country": "United Kingdom",
            "countryCode": "GB",
            "timezone": "Europe/London",
        },
        "adviceDelivery": {
            "mode": "direct",
            "formality": "formal",
            "useEmojis": False,
            "voiceGuidelines": ["Be brief."],
            "signOff": "Yours, A.",
        },
        "maritalStatus": "married",
    },
    "roleDefinition": {
        "role": "engineer",
        "responsibilities": ["Explain."],
        "constraints": ["Never guess."],
        "mission": "Teach.",
        "scope": {"inScope": ["engines"], "outOfScope": ["poems"]},
        "keyPerformanceIndicators": [{"metric": "clarity", "description": "Of words.", "unit": "points"}],
    },
    "components": [{"kind": "text", "parts": [1, 2.5, None]}, "plain"],
    "metadata": {
        "version": "7",
        "author": "Charles",
        "category": "history",
        "createdAt": "in May",
        "updatedAt": "in June",
        "owner": {"org": "Engines", "contactEmail": "ada@example.com"},
        "tags": ["old"],
        "teamAffiliations": [{"teamId": "weavers", "teamName": "Weavers", "roleName": "lead", "isPrimary": True}],
    },
    "localization": {
        "language": "en",
        "region": "GB",
        "defaultLanguage": "en",
        "supportedLanguages": ["en", "fr"],
    },
    "modelHint": "hybrid",
    "tags": ["engines", "history"],
}

WHOLE = """fragment Whole on Advisor {
  firstName lastName imageUrl schemaVersion category modelHint tags components
  persona {
    name title image description oneLiner archetype temperament bio detailedBackground experience specialties
    personalInterests communicationStyle personality expertise coreBeliefsOrPrinciples maritalStatus
    education { degreeLevel degreeName major institution graduationYear }
    location { city region country countryCode timezone }
    adviceDelivery { mode formality useEmojis voiceGuidelines signOff }
  }
  roleDefinition {
    role responsibilities constraints mission scope { inScope outOfScope }
    keyPerformanceIndicators { metric description unit }
  }
  metadata {
    version author category createdAt updatedAt tags owner { org contactEmail }
    teamAffiliations { teamId teamName roleName isPrimary }
  }
  localization { language region defaultLanguage supportedLanguages }
}"""


async def test_every_column_comes_back_as_it_was_written(api: Api, people: People) -> None:
    ann = await people.person("ann")
    document = (
        "mutation ($input: AdvisorCreateInput!) { advisorCreate(input: $input) { advisor { id ...Whole } "
        "userErrors { message field } } }" + WHOLE
    )
    answer = await api.data(document, {"input": CONTENT}, by=ann)
    advisor = answer["advisorCreate"]["advisor"]
    assert answer["advisorCreate"]["userErrors"] == []
    key = advisor.pop("id")
    assert advisor == CONTENT
    again = await api.data("query ($id: ID!) { advisor(id: $id) { ...Whole } }" + WHOLE, {"id": key}, by=ann)
    assert again["advisor"] == CONTENT
