// Mercurius with its subscriptions and its pubsub, which is mqemitter in the process.
import { makeExecutableSchema } from '@graphql-tools/schema'
import Fastify from 'fastify'
import mercurius from 'mercurius'
import { callerOf } from './caller.mjs'
import { liveRoots, liveTypes } from './live.mjs'

const resolvers = liveRoots(
  ({ pubsub }, topic, payload) => pubsub.publish({ topic, payload }),
  ({ pubsub }, topic) => pubsub.subscribe(topic)
)

const app = Fastify()
app.register(mercurius, {
  schema: makeExecutableSchema({ typeDefs: liveTypes, resolvers }),
  jit: 1,
  context: async (request) => ({ caller: await callerOf(request.headers.authorization) }),
  subscription: {
    onConnect: async ({ payload }) => ({ caller: await callerOf(payload?.authorization) })
  }
})
await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
