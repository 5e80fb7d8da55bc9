// The part of the server's schema that the workloads use, and the fields that are more than a column.
import { cursorOf, globalId } from './ids.mjs'
import { GraphQLScalarType } from 'graphql'

export const typeDefs = /* GraphQL */ `
  scalar Timestamp
  enum Direction { ASC DESC }
  enum AdvisorConversationOrderField { CREATED_AT UPDATED_AT }
  enum AdvisorMessageSender { USER ADVISOR SYSTEM }
  enum AdvisorMessageStatus { STREAMING COMPLETE FAILED }
  input AdvisorConversationOrder { field: AdvisorConversationOrderField! direction: Direction! }
  input TimestampComparison { gt: Timestamp gte: Timestamp lt: Timestamp lte: Timestamp }
  input AdvisorConversationWhere { createdAt: TimestampComparison updatedAt: TimestampComparison }
  input AdvisorMessageWhere { createdAt: TimestampComparison }
  input AdvisorMessageSendInput { conversationId: ID! content: String! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type AdvisorPersona { name: String! title: String }
  type Advisor { id: ID! persona: AdvisorPersona! }
  type AdvisorConversation {
    id: ID!
    userId: ID!
    title: String!
    activeAdvisorId: ID
    activeAdvisor: Advisor
    messageCount: Int!
    messages(first: Int, last: Int, where: AdvisorMessageWhere): AdvisorMessageConnection!
    version: Int!
    createdAt: Timestamp!
    updatedAt: Timestamp!
    viewerCanUpdate: Boolean!
    viewerCanDelete: Boolean!
  }
  type AdvisorConversationConnection { nodes: [AdvisorConversation!]! pageInfo: PageInfo! }
  type AdvisorMessage {
    id: ID!
    conversationId: ID!
    sender: AdvisorMessageSender!
    advisorId: ID
    advisor: Advisor
    content: String!
    mentions: [String!]!
    tokensUsed: Int
    status: AdvisorMessageStatus!
    version: Int!
    createdAt: Timestamp!
    updatedAt: Timestamp!
  }
  type AdvisorMessageConnection { nodes: [AdvisorMessage!]! pageInfo: PageInfo! }
  type UserError { code: String! message: String! field: [String!] }
  type AdvisorMessageSendPayload { message: AdvisorMessage userErrors: [UserError!]! }
  enum EstateListingStatus { ACTIVE PENDING SOLD WITHDRAWN }
  enum EstateListingOrderField { CREATED_AT UPDATED_AT PRICE }
  input EstateListingOrder { field: EstateListingOrderField! direction: Direction! }
  input FloatComparison { gte: Float lte: Float }
  input IntComparison { gte: Int lte: Int }
  input CaselessTextComparison { in: [String!]! }
  input EstateListingWhere { price: FloatComparison bedrooms: IntComparison city: CaselessTextComparison }
  input GeoNear { lat: Float! lng: Float! radiusMeters: Float! }
  type EstateAgent { firstName: String! lastName: String! }
  type EstateListing {
    id: ID!
    agent: EstateAgent
    address: String!
    city: String!
    zipCode: String!
    price: Float!
    bedrooms: Int!
    bathrooms: Float!
    sqft: Int!
    propertyType: String!
    distance: Float
    updatedAt: Timestamp!
  }
  type EstateListingConnection { nodes: [EstateListing!]! pageInfo: PageInfo! }
  type Query {
    advisorConversation(id: ID!): AdvisorConversation
    advisorConversations(
      first: Int
      where: AdvisorConversationWhere
      orderBy: AdvisorConversationOrder
    ): AdvisorConversationConnection!
    estateListings(
      first: Int
      status: EstateListingStatus! = ACTIVE
      where: EstateListingWhere
      orderBy: EstateListingOrder
      near: GeoNear
      search: String
    ): EstateListingConnection!
  }
  type Mutation { advisorMessageSend(input: AdvisorMessageSendInput!): AdvisorMessageSendPayload! }
`

const milliseconds = (value) => {
  if (!Number.isSafeInteger(value)) throw new TypeError('A Timestamp is a whole number of milliseconds.')
  return value
}

const pageInfo = (page) => page
const cursorAt = (page, row) => (row ? cursorOf(row, page.column, page.way) : null)

export const leaves = {
  Timestamp: new GraphQLScalarType({ name: 'Timestamp', serialize: milliseconds, parseValue: milliseconds }),
  AdvisorMessageSender: { USER: 'user', ADVISOR: 'advisor', SYSTEM: 'system' },
  AdvisorMessageStatus: { STREAMING: 'streaming', COMPLETE: 'complete', FAILED: 'failed' },
  PageInfo: {
    hasNextPage: (page) => page.hasNext,
    hasPreviousPage: (page) => page.hasPrevious,
    startCursor: (page) => cursorAt(page, page.nodes[0]),
    endCursor: (page) => cursorAt(page, page.nodes.at(-1))
  },
  Advisor: { id: (row) => globalId('aAdv', row._id) },
  AdvisorConversation: {
    id: (row) => globalId('aCon', row._id),
    userId: (row) => globalId('aUsr', row.userId),
    activeAdvisorId: (row) => globalId('aAdv', row.activeAdvisorId),
    viewerCanUpdate: (row, _arguments, { caller }) => row.userId.equals(caller.profile),
    viewerCanDelete: (row, _arguments, { caller }) => row.userId.equals(caller.profile)
  },
  AdvisorConversationConnection: { pageInfo },
  AdvisorMessage: {
    id: (row) => globalId('aMsg', row._id),
    conversationId: (row) => globalId('aCon', row.conversationId),
    advisorId: (row) => globalId('aAdv', row.advisorId)
  },
  AdvisorMessageConnection: { pageInfo },
  EstateListingStatus: { ACTIVE: 'active', PENDING: 'pending', SOLD: 'sold', WITHDRAWN: 'withdrawn' },
  EstateListing: { id: (row) => globalId('eLst', row._id), distance: (row) => row['@distance'] },
  EstateListingConnection: { pageInfo }
}
