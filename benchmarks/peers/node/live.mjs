// What the servers of the live benchmark have beside the roots: the messages of a conversation, told as they are sent.
import { conversation } from './rows.mjs'
import { globalId } from './ids.mjs'
import { roots } from './roots.mjs'
import { leaves, typeDefs } from './schema.mjs'

export const liveTypes = [
  typeDefs,
  /* GraphQL */ `
    enum ListChangeKind { ADDED }
    type AdvisorMessageListChange { kind: ListChangeKind! cursor: String id: ID node: AdvisorMessage }
    type Subscription { advisorMessageChanges(conversationId: ID!, last: Int): AdvisorMessageListChange! }
  `
]

export const topicOf = (conversationId) => `messages ${conversationId}`

// `publish` is called once the transaction is committed; it gets what all subscribers are shown.
export function liveRoots(publish, subscribe) {
  const send = async (root, given, context, info) => {
    const sent = await roots.Mutation.advisorMessageSend(root, given, context, info)
    if (sent.message) publish(context, topicOf(given.input.conversationId), eventOf(sent.message))
    return sent
  }
  const changes = {
    // Who may subscribe is asked here, once.
    subscribe: async (_root, { conversationId }, context) => {
      const found = await conversation(context.caller, conversationId, { _id: 1 })
      if (!found) throw new Error('There is no such conversation.')
      return subscribe(context, topicOf(conversationId))
    },
    resolve: (event) => event
  }
  const Mutation = { advisorMessageSend: send }
  return [leaves, { ...roots, Mutation, Subscription: { advisorMessageChanges: changes } }]
}

function eventOf(message) {
  return { kind: 'ADDED', cursor: null, id: globalId('aMsg', message._id), node: message }
}
