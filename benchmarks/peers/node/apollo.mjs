// Apollo Server, standalone, with DataLoader.
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { callerOf } from './caller.mjs'
import { loadersFor, related } from './loaders.mjs'
import { roots } from './roots.mjs'
import { leaves, typeDefs } from './schema.mjs'

const server = new ApolloServer({ typeDefs, resolvers: [leaves, roots, related], introspection: false })
await startStandaloneServer(server, {
  listen: { host: '127.0.0.1', port: Number(process.env.PORT) },
  context: async ({ req }) => {
    const caller = await callerOf(req.headers.authorization)
    return { caller, loaders: loadersFor(caller) }
  }
})
