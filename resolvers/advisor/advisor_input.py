"""Inputs for what a person writes of an advisor: its persona, its role and the documents around them."""

import strawberry

from resolvers.scalars import JSON
from resolvers.verbs.write import Input, optional, required


@strawberry.input(description="Where an advisor's persona studied.")
class AdvisorEducationInput:
    degreeLevel: str | None = optional("Level of the degree, e.g. 'master'.")
    degreeName: str | None = optional("Name of the degree.")
    major: str | None = optional("Field of study.")
    institution: str | None = optional("University or school.")
    graduationYear: int | None = optional("Year of graduation, 1 to 9999.")


@strawberry.input(description="Where an advisor's persona lives.")
class AdvisorLocationInput:
    city: str | None = optional("City.")
    region: str | None = optional("Region or state.")
    country: str | None = optional("Country.")
    countryCode: str | None = optional("Code of the country, e.g. 'AT'.")
    timezone: str | None = optional("Time zone, e.g. 'Europe/Vienna'.")


@strawberry.input(description="How an advisor's persona speaks.")
class AdvisorAdviceDeliveryInput:
    mode: str | None = optional("Manner of giving advice, e.g. 'direct'.")
    formality: str | None = optional("Formality of the language.")
    useEmojis: bool | None = optional("Whether answers hold emojis.")
    voiceGuidelines: list[str] | None = optional("Rules for the voice of the answers.")
    signOff: str | None = optional("Words that end an answer.")


@strawberry.input(description="Who an advisor plays; given as a whole, it takes the place of the persona before.")
class AdvisorPersonaInput:
    name: str = required("Name of the persona, 1 to 200 characters.")
    title: str = required("Title, e.g. 'Growth strategist', 1 to 200 characters.")
    image: str | None = optional("Address of a picture.")
    description: str | None = optional("Description in a few sentences.")
    oneLiner: str | None = optional("Description in one line.")
    archetype: str | None = optional("Archetype, e.g. 'mentor'.")
    temperament: str | None = optional("Temperament.")
    bio: str | None = optional("Biography.")
    detailedBackground: str | None = optional("Background at length.")
    experience: str | None = optional("Experience at work.")
    specialties: list[str] | None = optional("What the persona is best at.")
    personalInterests: list[str] | None = optional("Interests outside of work.")
    communicationStyle: str | None = optional("Style of communication.")
    personality: list[str] | None = optional("Traits of character.")
    expertise: list[str] | None = optional("Fields of expertise.")
    coreBeliefsOrPrinciples: list[str] | None = optional("What the persona believes in.")
    education: AdvisorEducationInput | None = optional("Where the persona studied.")
    location: AdvisorLocationInput | None = optional("Where the persona lives.")
    adviceDelivery: AdvisorAdviceDeliveryInput | None = optional("How the persona speaks.")
    maritalStatus: str | None = optional("Marital status.")


@strawberry.input(description="What an advisor takes on and what it declines.")
class AdvisorScopeInput:
    inScope: list[str] | None = optional("Subjects that it takes on.")
    outOfScope: list[str] | None = optional("Subjects that it declines.")


@strawberry.input(description="What an advisor's work is measured by.")
class AdvisorKeyPerformanceIndicatorInput:
    metric: str = required("Name of the measure.")
    description: str | None = optional("What the measure says.")
    unit: str | None = optional("Unit of the measure.")


@strawberry.input(description="What an advisor is told to do; given as a whole.")
class AdvisorRoleDefinitionInput:
    role: str | None = optional("Role in one line.")
    responsibilities: list[str] | None = optional("What it answers for.")
    constraints: list[str] | None = optional("What it must not do.")
    mission: str | None = optional("What it is there for.")
    scope: AdvisorScopeInput | None = optional("What it takes on and what it declines.")
    keyPerformanceIndicators: list[AdvisorKeyPerformanceIndicatorInput] | None = optional(
        "What its work is measured by."
    )


@strawberry.input(description="Who answers for an advisor.")
class AdvisorOwnershipInput:
    org: str | None = optional("Organisation.")
    contactEmail: str | None = optional("Address to write to.")


@strawberry.input(description="A team in which an advisor has a role.")
class AdvisorTeamAffiliationInput:
    teamId: str = required("Slug of the team.")
    teamName: str = required("Name of the team.")
    roleName: str = required("Role of the advisor in the team.")
    isPrimary: bool | None = optional("Whether this is its main team.")


@strawberry.input(description="Where an advisor's description comes from; given as a whole.")
class AdvisorMetadataInput:
    version: str | None = optional("Version of the description.")
    author: str | None = optional("Author of the description.")
    category: str | None = optional("Category as its author names it.")
    createdAt: str | None = optional("When it was written, as its author notes it.")
    updatedAt: str | None = optional("When it was rewritten, as its author notes it.")
    owner: AdvisorOwnershipInput | None = optional("Who answers for the advisor.")
    tags: list[str] | None = optional("Tags of its author.")
    teamAffiliations: list[AdvisorTeamAffiliationInput] | None = optional("Teams in which the advisor has a role.")


@strawberry.input(description="The languages that an advisor speaks; given as a whole.")
class AdvisorLocalizationInput:
    language: str | None = optional("Language of the answers.")
    region: str | None = optional("Region whose usage they follow.")
    defaultLanguage: str | None = optional("Language when a person's is not supported.")
    supportedLanguages: list[str] | None = optional("Languages that it can answer in.")


@strawberry.input
class AdvisorContentInput(Input):
    """What may be written of an advisor besides its persona, which a new one must have."""

    firstName: str | None = optional("First name.")
    lastName: str | None = optional("Last name.")
    imageUrl: str | None = optional("Address of a picture.")
    schemaVersion: str | None = optional("Version of the persona's format; '1.0' unless given.")
    category: str | None = optional("Category, e.g. 'business', 'marketing' or 'technical'.")
    roleDefinition: AdvisorRoleDefinitionInput | None = optional("What it is told to do.")
    components: list[JSON] | None = optional("Further parts of its prompt, at most 200.")
    metadata: AdvisorMetadataInput | None = optional("Where its description comes from.")
    localization: AdvisorLocalizationInput | None = optional("The languages that it speaks.")
    modelHint: str | None = optional("Model that should answer, e.g. 'openrouter', 'glm' or 'hybrid'.")
    tags: list[str] | None = optional("Tags, at most 50.")
