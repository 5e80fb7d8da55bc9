// GraphQL Yoga with its pubsub in the process, over graphql-ws as its manual shows it.
import { createServer } from 'node:http'
import { useGraphQlJit } from '@envelop/graphql-jit'
import { useServer } from 'graphql-ws/use/ws'
import { createPubSub, createSchema, createYoga } from 'graphql-yoga'
import { WebSocketServer } from 'ws'
import { callerOf } from './caller.mjs'
import { liveRoots, liveTypes } from './live.mjs'

const pubsub = createPubSub()
const resolvers = liveRoots(
  (_context, topic, payload) => pubsub.publish(topic, payload),
  (_context, topic) => pubsub.subscribe(topic)
)

const yoga = createYoga({
  schema: createSchema({ typeDefs: liveTypes, resolvers }),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: 'error',
  // A socket has told who calls when it was opened.
  context: async ({ request, caller }) => ({ caller: caller ?? (await callerOf(request.headers.get('authorization'))) })
})

const server = createServer(yoga)
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onConnect: async ({ connectionParams, extra }) => {
      extra.caller = await callerOf(connectionParams?.authorization)
    },
    onSubscribe: async (context, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        caller: context.extra.caller,
        params
      })
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe }
      }
      const errors = validate(args.schema, args.document)
      return errors.length ? errors : args
    }
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint })
)
server.listen(Number(process.env.PORT), '127.0.0.1')
