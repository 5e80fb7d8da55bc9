"""AdvisorPersona and the other documents inside an advisor, as clients see them."""

import strawberry

from resolvers.table import column, embedded


@strawberry.type(description="Where an advisor's persona studied.")
class AdvisorEducation:
    degreeLevel: str | None = column("Level of the degree, e.g. 'master'.")
    degreeName: str | None = column("Name of the degree.")
    major: str | None = column("Field of study.")
    institution: str | None = column("University or school.")
    graduationYear: int | None = column("Year of graduation.")


@strawberry.type(description="Where an advisor's persona lives.")
class AdvisorLocation:
    city: str | None = column("City.")
    region: str | None = column("Region or state.")
    country: str | None = column("Country.")
    countryCode: str | None = column("Code of the country, e.g. 'AT'.")
    timezone: str | None = column("Time zone, e.g. 'Europe/Vienna'.")


@strawberry.type(description="How an advisor's persona speaks.")
class AdvisorAdviceDelivery:
    mode: str | None = column("Manner of giving advice, e.g. 'direct'.")
    formality: str | None = column("Formality of the language.")
    useEmojis: bool | None = column("Whether answers hold emojis.")
    voiceGuidelines: list[str] | None = column("Rules for the voice of the answers.")
    signOff: str | None = column("Words that end an answer.")


@strawberry.type(
    description="Who an advisor plays. Who once talked with an archived advisor still sees name and image."
)
class AdvisorPersona:
    name: str = column("Name of the persona.")
    title: str | None = column("Title, e.g. 'Growth strategist'.")
    image: str | None = column("Address of a picture.")
    description: str | None = column("Description in a few sentences.")
    oneLiner: str | None = column("Description in one line.")
    archetype: str | None = column("Archetype, e.g. 'mentor'.")
    temperament: str | None = column("Temperament.")
    bio: str | None = column("Biography.")
    detailedBackground: str | None = column("Background at length.")
    experience: str | None = column("Experience at work.")
    specialties: list[str] | None = column("What the persona is best at.")
    personalInterests: list[str] | None = column("Interests outside of work.")
    communicationStyle: str | None = column("Style of communication.")
    personality: list[str] | None = column("Traits of character.")
    expertise: list[str] | None = column("Fields of expertise.")
    coreBeliefsOrPrinciples: list[str] | None = column("What the persona believes in.")
    education: AdvisorEducation | None = embedded("Where the persona studied.")
    location: AdvisorLocation | None = embedded("Where the persona lives.")
    adviceDelivery: AdvisorAdviceDelivery | None = embedded("How the persona speaks.")
    maritalStatus: str | None = column("Marital status.")


@strawberry.type(description="What an advisor takes on and what it declines.")
class AdvisorScope:
    inScope: list[str] | None = column("Subjects that it takes on.")
    outOfScope: list[str] | None = column("Subjects that it declines.")


@strawberry.type(description="What an advisor's work is measured by.")
class AdvisorKeyPerformanceIndicator:
    metric: str = column("Name of the measure.")
    description: str | None = column("What the measure says.")
    unit: str | None = column("Unit of the measure.")


@strawberry.type(description="What an advisor is told to do.")
class AdvisorRoleDefinition:
    role: str | None = column("Role in one line.")
    responsibilities: list[str] | None = column("What it answers for.")
    constraints: list[str] | None = column("What it must not do.")
    mission: str | None = column("What it is there for.")
    scope: AdvisorScope | None = embedded("What it takes on and what it declines.")
    keyPerformanceIndicators: list[AdvisorKeyPerformanceIndicator] | None = embedded("What its work is measured by.")


@strawberry.type(description="Who answers for an advisor.")
class AdvisorOwnership:
    org: str | None = column("Organisation.")
    contactEmail: str | None = column("Address to write to.")


@strawberry.type(description="A team in which an advisor has a role.")
class AdvisorTeamAffiliation:
    teamId: str = column("Slug of the team.")
    teamName: str = column("Name of the team.")
    roleName: str = column("Role of the advisor in the team.")
    isPrimary: bool | None = column("Whether this is its main team.")


@strawberry.type(description="Where an advisor's description comes from, in its author's own words.")
class AdvisorMetadata:
    version: str | None = column("Version of the description.")
    author: str | None = column("Author of the description.")
    category: str | None = column("Category as its author names it.")
    createdAt: str | None = column("When it was written, as its author notes it.")
    updatedAt: str | None = column("When it was rewritten, as its author notes it.")
    owner: AdvisorOwnership | None = embedded("Who answers for the advisor; shown to its owner alone.")
    tags: list[str] | None = column("Tags of its author.")
    teamAffiliations: list[AdvisorTeamAffiliation] | None = embedded("Teams in which the advisor has a role.")


@strawberry.type(description="The languages that an advisor speaks.")
class AdvisorLocalization:
    language: str | None = column("Language of the answers.")
    region: str | None = column("Region whose usage they follow.")
    defaultLanguage: str | None = column("Language when a person's is not supported.")
    supportedLanguages: list[str] | None = column("Languages that it can answer in.")
