// Drives the official clients of the long-lived transports against a server, and prints what they were given as JSON.
import { createClient as createEvents } from "graphql-sse";
import { createClient as createSocket } from "graphql-ws";
import WebSocket from "ws";

const url = process.argv[2];
const authorization = "Bearer ada";

async function all(client, query, variables) {
  const results = [];
  try {
    for await (const result of client.iterate({ query, variables })) results.push(result);
  } catch (error) {
    const errors = Array.isArray(error) ? error : [error];
    results.push({ thrown: errors.map(({ code, reason, message }) => ({ code, reason, message })) });
  }
  return results;
}

// The first result of an operation that goes on: leaving the loop ends it.
async function first(client, query) {
  for await (const result of client.iterate({ query })) return result;
}

async function conversation(client) {
  const found = {
    subscription: await all(client, "subscription ($to: Int!) { ticks(to: $to) }", { to: 3 }),
    query: await all(client, "{ hello }"),
    mutation: await all(client, "mutation { increment }"),
    abandoned: await first(client, "subscription { endless }"),
    resolver: await all(client, "subscription { resumed }"),
    refused: await all(client, "{ nothing }"),
  };
  client.dispose();
  return found;
}

function socket(params) {
  return createSocket({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: params,
    retryAttempts: 0,
    lazyCloseTimeout: 1000,
    keepAlive: 50,
  });
}

function events(headers) {
  return createEvents({ url, headers, retryAttempts: 0 });
}

const stranger = socket({ authorization: "Bearer bad" });
console.log(
  JSON.stringify({
    socket: await conversation(socket({ authorization })),
    events: await conversation(events({ authorization })),
    forbidden: await all(stranger, "{ hello }"),
  }),
);
