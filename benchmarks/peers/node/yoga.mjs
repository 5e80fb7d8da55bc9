// GraphQL Yoga with graphql-jit and DataLoader.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { createSchema, createYoga } from 'graphql-yoga'
import { callerOf } from './caller.mjs'
import { loadersFor, related } from './loaders.mjs'
import { roots } from './roots.mjs'
import { leaves, typeDefs } from './schema.mjs'

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: [leaves, roots, related] }),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: 'error',
  context: async ({ request }) => {
    const caller = await callerOf(request.headers.get('authorization'))
    return { caller, loaders: loadersFor(caller) }
  }
})
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1')
