// What the three servers ask MongoDB: the owner's rows only, of them the selected columns, one call for many parents.
import { Long, ObjectId } from 'mongodb'
import { client, database } from './database.mjs'
import { bare } from './ids.mjs'

const conversations = database.collection('advisor_conversations')
const messages = database.collection('advisor_messages')
const advisors = database.collection('advisor_advisors')

export async function conversation(caller, id, columns) {
  const key = bare('aCon', id)
  return key && conversations.findOne({ _id: key, userId: caller.profile }, { projection: columns })
}

const TIMES = { gt: '$gt', gte: '$gte', lt: '$lt', lte: '$lte' }

function times(comparison) {
  return Object.fromEntries(Object.entries(comparison).map(([name, value]) => [TIMES[name], Long.fromNumber(value)]))
}

function filter(rule, where) {
  return { ...rule, ...Object.fromEntries(Object.entries(where ?? {}).map(([column, value]) => [column, times(value)])) }
}

function page(found, limit, column, way, backward = false) {
  const more = found.length > limit
  const rows = more ? found.slice(0, limit) : found
  const nodes = backward ? rows.reverse() : rows
  return { nodes, column, way, hasNext: !backward && more, hasPrevious: backward && more }
}

export async function conversationPage(caller, { first = 20, where, orderBy }, columns) {
  const column = orderBy?.field === 'CREATED_AT' ? 'createdAt' : 'updatedAt'
  const way = orderBy?.direction === 'ASC' ? 1 : -1
  const found = await conversations
    .find(filter({ userId: caller.profile }, where), { projection: columns })
    .sort({ [column]: way, _id: way })
    .limit(first + 1)
    .batchSize(first + 2)
    .toArray()
  return page(found, first, column, way)
}

// One page for each of the conversations, all asked with the same arguments.
export async function messagePages(caller, parents, { first, last, where }, columns) {
  const limit = last ?? first ?? 20
  const way = last ? -1 : 1
  const found =
    parents.length === 1
      ? [await messagesOfOne(caller, parents[0], where, way, limit, columns)]
      : await messagesOfMany(caller, parents, where, way, limit, columns)
  return found.map((rows) => page(rows, limit, 'createdAt', 1, way < 0))
}

function messagesOfOne(caller, parent, where, way, limit, columns) {
  const rule = { conversationId: parent._id, userId: caller.profile }
  return messages
    .find(filter(rule, where), { projection: columns })
    .sort({ createdAt: way, _id: way })
    .limit(limit + 1)
    .batchSize(limit + 2)
    .toArray()
}

async function messagesOfMany(caller, parents, where, way, limit, columns) {
  const pipeline = [
    { $match: filter({ userId: caller.profile }, where) },
    { $sort: { createdAt: way, _id: way } },
    { $limit: limit + 1 },
    { $project: columns }
  ]
  const lookup = { from: 'advisor_messages', localField: '_id', foreignField: 'conversationId', pipeline, as: 'rows' }
  const stages = [{ $documents: parents.map(({ _id }) => ({ _id })) }, { $lookup: lookup }]
  const found = await database.aggregate(stages, { batchSize: parents.length + 1 }).toArray()
  const byParent = new Map(found.map(({ _id, rows }) => [_id.toHexString(), rows]))
  return parents.map(({ _id }) => byParent.get(_id.toHexString()))
}

const ADVISOR = { 'persona.name': 1, 'persona.title': 1, isPublic: 1, status: 1, ownerId: 1 }

// The advisors with these ids that the caller may read, in their places; who has only met one sees no title.
export async function advisorsOf(caller, ids) {
  const wanted = [...new Map(ids.filter(Boolean).map((id) => [id.toHexString(), id])).values()]
  const rule = [{ isPublic: true, status: 'active' }, { ownerId: caller.profile }, { _id: { $in: caller.met } }]
  const found = wanted.length
    ? await advisors.find({ $or: rule, _id: { $in: wanted } }, { projection: ADVISOR }).toArray()
    : []
  const byId = new Map(found.map((row) => [row._id.toHexString(), shown(caller, row)]))
  return ids.map((id) => (id ? (byId.get(id.toHexString()) ?? null) : null))
}

function shown(caller, row) {
  const whole = (row.isPublic && row.status === 'active') || row.ownerId?.equals(caller.profile)
  return whole ? row : { ...row, persona: { name: row.persona.name } }
}

const CONTENT_CHARACTERS = 32_000

export async function send(caller, { conversationId, content }) {
  if (!content.trim()) return refused('INVALID', 'content must hold more than white space.', 'content')
  if (content.length > CONTENT_CHARACTERS) {
    return refused('TOO_LONG', `content may have ${CONTENT_CHARACTERS} characters.`, 'content')
  }
  const conversation = bare('aCon', conversationId)
  const message = newMessage(caller, conversation, content)
  const stored = await client.withSession((session) =>
    session.withTransaction(() => store(session, caller, message), {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority' }
    })
  )
  return stored ? { message, userErrors: [] } : refused('NOT_FOUND', 'There is no such conversation.', 'conversationId')
}

async function store(session, caller, message) {
  const touch = { $inc: { messageCount: 1 }, $set: { updatedAt: Long.fromNumber(message.createdAt) } }
  const owned = { _id: message.conversationId, userId: caller.profile }
  const { matchedCount } = await conversations.updateOne(owned, touch, { session })
  if (matchedCount === 0) return false
  const time = Long.fromNumber(message.createdAt)
  await messages.insertOne({ ...message, createdAt: time, updatedAt: time }, { session })
  return true
}

function newMessage(caller, conversation, content) {
  const time = Date.now()
  const state = { sender: 'user', mentions: [], status: 'complete', version: 1, createdAt: time, updatedAt: time }
  return { _id: new ObjectId(), conversationId: conversation, userId: caller.profile, content, ...state }
}

function refused(code, message, field) {
  return { message: null, userErrors: [{ code, message, field: [field] }] }
}
