// The root fields, the same in each of the three servers.
import { listingPage } from './listings.mjs'
import { projection } from './projection.mjs'
import { conversation, conversationPage, send } from './rows.mjs'

export const roots = {
  Query: {
    advisorConversation: (_root, { id }, { caller }, info) =>
      conversation(caller, id, projection(info, 'AdvisorConversation', null, ['_id'])),
    advisorConversations: (_root, given, { caller }, info) =>
      conversationPage(caller, given, projection(info, 'AdvisorConversation', 'nodes', ['createdAt', 'updatedAt'])),
    estateListings: (_root, given, { caller }, info) =>
      listingPage(caller, given, projection(info, 'EstateListing', 'nodes', ['price', 'createdAt', 'updatedAt']))
  },
  Mutation: { advisorMessageSend: (_root, { input }, { caller }) => send(caller, input) }
}

export const messageColumns = (info) => projection(info, 'AdvisorMessage', 'nodes', ['createdAt'])
