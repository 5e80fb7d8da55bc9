// The columns that a selection needs, walked once per document.
const OF_FIELD = {
  AdvisorConversation: { id: '_id', activeAdvisor: 'activeAdvisorId', viewerCanUpdate: 'userId', viewerCanDelete: 'userId' },
  AdvisorMessage: { id: '_id', advisor: 'advisorId' },
  EstateListing: { id: '_id', agent: 'agentId' }
}
const COMPUTED = new Set(['messages', 'distance'])
const known = new WeakMap()

// `under` names the field below which the rows stand: `nodes` of a connection, or nothing.
export function projection(info, type, under, always) {
  const node = info.fieldNodes[0]
  let found = known.get(node)
  if (found === undefined) {
    found = Object.fromEntries([...always, ...columns(node, type, under)].map((name) => [name, 1]))
    known.set(node, found)
  }
  return found
}

function columns(node, type, under) {
  const fields = node.selectionSet.selections
  if (under) return fields.filter((field) => field.name.value === under).flatMap((field) => columns(field, type))
  return fields
    .map((field) => field.name.value)
    .filter((name) => !name.startsWith('__') && !COMPUTED.has(name))
    .map((name) => OF_FIELD[type][name] ?? name)
}
