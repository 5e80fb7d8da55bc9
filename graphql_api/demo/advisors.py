"""The advisors and teams of the demo."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from graphql_api.demo import keys, texts
from models.advisor.advisor import AdvisorRow, AdvisorStatus
from models.advisor.persona import (
    AdviceDelivery,
    KeyPerformanceIndicator,
    Localization,
    Location,
    Metadata,
    Ownership,
    Persona,
    RoleDefinition,
    Scope,
    TeamAffiliation,
)
from models.advisor.team_template import TeamTemplateRow

DAY = 86_400_000
"""Milliseconds."""

ARCHIVED_DAYS_AGO = 100

Text = Mapping[str, Any]


def advisor_key(name: str) -> ObjectId:
    """The id of the advisor that the texts call so."""
    return keys.fixed("advisor", name)


def team_key(slug: str) -> ObjectId:
    """The id of a team."""
    return keys.fixed("team", slug)


def advisor_rows(now: int, owners: Mapping[str, ObjectId], boards: Mapping[ObjectId, int]) -> list[AdvisorRow]:
    """All advisors as of `now` (Unix milliseconds). `owners` are profiles by person, `boards` has each one's number."""
    return [
        _advisor(text, now - (400 - 10 * place) * DAY, now, owners, boards)
        for place, text in enumerate(texts.advisors())
    ]


def _advisor(
    text: Text, made: int, now: int, owners: Mapping[str, ObjectId], boards: Mapping[ObjectId, int]
) -> AdvisorRow:
    private = "owner" in text
    gone = now - ARCHIVED_DAYS_AGO * DAY if text.get("archived") else None
    return AdvisorRow(
        id=advisor_key(text["key"]),
        firstName=text["first"],
        lastName=text["last"],
        imageUrl=None if private else f"https://images.example.com/advisors/{text['key']}.jpg",
        status=AdvisorStatus.ARCHIVED if gone else AdvisorStatus.ACTIVE,
        ownerId=owners[text["owner"]] if private else None,
        isPublic=not private,
        featured=text.get("featured", False),
        category=text["category"],
        persona=_persona(text),
        roleDefinition=_role(text),
        metadata=_metadata(text, made),
        localization=_localization(text),
        modelHint="balanced",
        tags=text["tags"],
        deletedAt=gone,
        selectionCount=boards.get(advisor_key(text["key"]), 0),
        createdAt=made,
        updatedAt=gone or made,
    )


def _persona(text: Text) -> Persona:
    return Persona(
        name=f"{text['first']} {text['last']}",
        title=text["title"],
        description=text["description"],
        oneLiner=text["one_liner"],
        archetype=text["archetype"],
        temperament=text["temperament"],
        bio=text["bio"],
        specialties=text["specialties"],
        personalInterests=text["interests"],
        communicationStyle=text["style"],
        expertise=text["expertise"],
        coreBeliefsOrPrinciples=text["principles"],
        location=Location(
            city=text["city"], country=text["country"], countryCode=text["code"], timezone=text["timezone"]
        ),
        adviceDelivery=AdviceDelivery(mode="conversation", formality="friendly", useEmojis=False),
    )


def _role(text: Text) -> RoleDefinition:
    return RoleDefinition(
        role=text["role"],
        mission=text["mission"],
        responsibilities=text["responsibilities"],
        constraints=text["constraints"],
        scope=Scope(inScope=text["specialties"], outOfScope=["Legal advice", "Medical advice"]),
        keyPerformanceIndicators=[
            KeyPerformanceIndicator(
                metric="Decisions made", description="Conversations that end with a decision", unit="percent"
            )
        ],
    )


def _metadata(text: Text, made: int) -> Metadata:
    day = datetime.fromtimestamp(made / 1000, UTC).date().isoformat()
    affiliations = [
        TeamAffiliation(teamId=team["slug"], teamName=team["name"], roleName=text["title"], isPrimary=place == 0)
        for place, team in enumerate(team for team in texts.teams() if text["key"] in team["advisors"])
    ]
    return Metadata(
        version="1.2",
        author="Marketplace editors",
        category=text["category"],
        createdAt=day,
        updatedAt=day,
        owner=Ownership(org="Example Advisors", contactEmail="editors@example.com"),
        tags=text["tags"],
        teamAffiliations=affiliations or None,
    )


def _localization(text: Text) -> Localization:
    return Localization(language="en", region=text["code"], defaultLanguage="en", supportedLanguages=text["languages"])


def team_rows(now: int) -> list[TeamTemplateRow]:
    """All teams as of `now` (Unix milliseconds)."""
    return [
        TeamTemplateRow(
            id=team_key(team["slug"]),
            slug=team["slug"],
            name=team["name"],
            description=team["description"],
            category=team["category"],
            advisorIds=[advisor_key(name) for name in team["advisors"]],
            featured=team.get("featured", False),
            sortOrder=place,
            createdAt=now - 300 * DAY,
            updatedAt=now - 300 * DAY,
        )
        for place, team in enumerate(texts.teams(), start=1)
    ]
