// Mercurius on Fastify with its JIT and its loaders.
import { makeExecutableSchema } from '@graphql-tools/schema'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { callerOf } from './caller.mjs'
import { agentsOf } from './listings.mjs'
import { messageColumns, roots } from './roots.mjs'
import { advisorsOf, messagePages } from './rows.mjs'
import { leaves, typeDefs } from './schema.mjs'

// Parents of one request carry the same arguments: they come from the same place of the document.
const loaders = {
  AdvisorConversation: {
    activeAdvisor: uncached((queries, { caller }) => advisorsOf(caller, queries.map(({ obj }) => obj.activeAdvisorId))),
    messages: uncached((queries, { caller }) =>
      messagePages(caller, queries.map(({ obj }) => obj), queries[0].params, messageColumns(queries[0].info))
    )
  },
  AdvisorMessage: {
    advisor: uncached((queries, { caller }) => advisorsOf(caller, queries.map(({ obj }) => obj.advisorId)))
  },
  EstateListing: { agent: uncached((queries, { caller }) => agentsOf(caller, queries.map(({ obj }) => obj.agentId))) }
}

function uncached(loader) {
  return { loader, opts: { cache: false } }
}

const app = Fastify()
app.register(mercurius, {
  schema: makeExecutableSchema({ typeDefs, resolvers: [leaves, roots] }),
  loaders,
  jit: 1,
  context: async (request) => ({ caller: await callerOf(request.headers.authorization) })
})
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
