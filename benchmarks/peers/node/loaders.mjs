// DataLoaders of one request, and the fields that use them, for the servers without loaders of their own.
import DataLoader from 'dataloader'
import { agentsOf } from './listings.mjs'
import { messageColumns } from './roots.mjs'
import { advisorsOf, messagePages } from './rows.mjs'

export function loadersFor(caller) {
  return {
    advisor: new DataLoader((ids) => advisorsOf(caller, ids), { cacheKeyFn: (id) => id.toHexString() }),
    agent: new DataLoader((ids) => agentsOf(caller, ids), { cacheKeyFn: (id) => id.toHexString() }),
    // Parents of one request carry the same arguments: they come from the same place of the document.
    messages: new DataLoader(
      (keys) => messagePages(caller, keys.map(({ row }) => row), keys[0].given, messageColumns(keys[0].info)),
      { cache: false }
    )
  }
}

export const related = {
  AdvisorConversation: {
    activeAdvisor: (row, _given, { loaders }) => row.activeAdvisorId && loaders.advisor.load(row.activeAdvisorId),
    messages: (row, given, { loaders }, info) => loaders.messages.load({ row, given, info })
  },
  AdvisorMessage: {
    advisor: (row, _given, { loaders }) => row.advisorId && loaders.advisor.load(row.advisorId)
  },
  EstateListing: { agent: (row, _given, { loaders }) => loaders.agent.load(row.agentId) }
}
