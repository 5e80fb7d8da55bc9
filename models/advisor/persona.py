"""The documents inside an advisor: who it plays, what it is told to do, and where it comes from."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from models.texts import Link, Name

Short = Annotated[str, StringConstraints(max_length=200)]
Line = Annotated[str, StringConstraints(max_length=1_000)]
Long = Annotated[str, StringConstraints(max_length=20_000)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Items = Annotated[list[Line], Field(max_length=100)]


class Part(BaseModel):
    """A document inside a row: closed, so that a misspelt key is an error instead of lost data.

    Numbers and truth values are strict: these documents are imported as JSON, where "yes" is no truth value.
    """

    model_config = ConfigDict(extra="forbid")


class Education(Part):
    """Where the persona studied."""

    degreeLevel: Short | None = None
    degreeName: Short | None = None
    major: Short | None = None
    institution: Short | None = None
    graduationYear: StrictInt | None = Field(default=None, ge=1, le=9_999)


class Location(Part):
    """Where the persona lives."""

    city: Short | None = None
    region: Short | None = None
    country: Short | None = None
    countryCode: Short | None = None
    timezone: Short | None = None


class AdviceDelivery(Part):
    """How the persona speaks."""

    mode: Short | None = None
    formality: Short | None = None
    useEmojis: StrictBool | None = None
    voiceGuidelines: Items | None = None
    signOff: Line | None = None


class Persona(Part):
    """Who the advisor plays."""

    name: Name
    title: Name
    image: Link | None = None
    description: Long | None = None
    oneLiner: Line | None = None
    archetype: Short | None = None
    temperament: Short | None = None
    bio: Long | None = None
    detailedBackground: Long | None = None
    experience: Long | None = None
    specialties: Items | None = None
    personalInterests: Items | None = None
    communicationStyle: Line | None = None
    personality: Items | None = None
    expertise: Items | None = None
    coreBeliefsOrPrinciples: Items | None = None
    education: Education | None = None
    location: Location | None = None
    adviceDelivery: AdviceDelivery | None = None
    maritalStatus: Short | None = None


class Scope(Part):
    """What the advisor takes on and what it declines."""

    inScope: Items | None = None
    outOfScope: Items | None = None


class KeyPerformanceIndicator(Part):
    """What the advisor's work is measured by."""

    metric: Short
    description: Line | None = None
    unit: Short | None = None


class RoleDefinition(Part):
    """What the advisor is told to do: prompt material."""

    role: Line | None = None
    responsibilities: Items | None = None
    constraints: Items | None = None
    mission: Long | None = None
    scope: Scope | None = None
    keyPerformanceIndicators: Annotated[list[KeyPerformanceIndicator], Field(max_length=100)] | None = None


class Ownership(Part):
    """Who answers for the advisor."""

    org: Short | None = None
    contactEmail: Annotated[str, StringConstraints(max_length=320)] | None = None


class TeamAffiliation(Part):
    """A team in which the advisor has a role."""

    teamId: Short
    teamName: Short
    roleName: Short
    isPrimary: StrictBool | None = None


class Metadata(Part):
    """Where the advisor's description comes from; its times are the author's own words."""

    version: Short | None = None
    author: Short | None = None
    category: Short | None = None
    createdAt: Short | None = None
    updatedAt: Short | None = None
    owner: Ownership | None = None
    tags: Annotated[list[Tag], Field(max_length=50)] | None = None
    teamAffiliations: Annotated[list[TeamAffiliation], Field(max_length=50)] | None = None


class Localization(Part):
    """The languages that the advisor speaks."""

    language: Short | None = None
    region: Short | None = None
    defaultLanguage: Short | None = None
    supportedLanguages: Items | None = None
