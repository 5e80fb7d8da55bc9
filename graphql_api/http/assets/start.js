// Starts GraphiQL with the settings that the page carries.
const settings = JSON.parse(document.getElementById("settings").textContent);

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: settings.url }),
    defaultQuery: settings.query,
    defaultHeaders: settings.headers,
    isHeadersEditorEnabled: true,
    // Tokens stay in the page's memory; storage would outlive them.
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "headers",
  }),
);
