// Starts GraphiQL with the settings that the page carries.
const settings = JSON.parse(document.getElementById("settings").textContent);

const once = GraphiQL.createFetcher({ url: settings.url });

// Subscriptions come as server-sent events: they carry the headers of the editor, which a browser's WebSocket cannot.
function fetcher(request, options) {
  const operation = options?.documentAST?.definitions.find(
    (definition) =>
      definition.kind === "OperationDefinition" &&
      (!request.operationName || definition.name?.value === request.operationName),
  );
  if (operation?.operation !== "subscription") return once(request, options);
  return graphqlSse.createClient({ url: settings.url, headers: options.headers }).iterate(request);
}

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: settings.query,
    defaultHeaders: settings.headers,
    isHeadersEditorEnabled: true,
    // Tokens stay in the page's memory; storage would outlive them.
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "headers",
  }),
);
