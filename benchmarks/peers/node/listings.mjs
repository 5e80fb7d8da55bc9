// How the three servers search listings: those that the caller may see, of them the selected columns.
import { database } from './database.mjs'

const listings = database.collection('estate_listings')
const agents = database.collection('estate_agents')
const SCORE = { $meta: 'textScore' }
const DISTANCE = { $meta: 'geoNearDistance' }
const COLUMN = { UPDATED_AT: 'updatedAt', CREATED_AT: 'createdAt', PRICE: 'price' }

// Of agents who are switched on, and of the withdrawn ones one's own.
function seen({ agent }, status) {
  const rule = { status, agentActive: true }
  return status === 'withdrawn' ? { ...rule, agentId: agent } : rule
}

const bounds = (given) => Object.fromEntries(Object.entries(given).map(([name, value]) => [`$${name}`, value]))

function narrowed({ price, bedrooms, city } = {}) {
  return {
    ...(price && { price: bounds(price) }),
    ...(bedrooms && { bedrooms: bounds(bedrooms) }),
    ...(city && { cityKey: { $in: city.in.map((name) => name.trim().toLowerCase()) } })
  }
}

export async function listingPage(caller, { first = 20, status, where, orderBy, near, search }, columns) {
  const wanted = { ...seen(caller, status), ...narrowed(where) }
  if (near) return page(await nearest(wanted, near, first, columns), first, '@distance', 1)
  if (search) return page(await best(wanted, search, first, columns), first, '@score', -1)
  const column = COLUMN[orderBy?.field ?? 'UPDATED_AT']
  const way = orderBy?.direction === 'ASC' ? 1 : -1
  return page(await asked(wanted, { [column]: way, _id: way }, first, columns), first, column, way)
}

function asked(wanted, sort, limit, projection) {
  const found = listings.find(wanted, { projection }).limit(limit + 1).batchSize(limit + 2)
  return (sort ? found.sort(sort) : found).toArray()
}

function nearest(wanted, { lat, lng, radiusMeters }, limit, columns) {
  const place = { type: 'Point', coordinates: [lng, lat] }
  const reach = { $nearSphere: { $geometry: place, $maxDistance: radiusMeters } }
  return asked({ ...wanted, location: reach }, null, limit, { ...columns, '@distance': DISTANCE })
}

function best(wanted, words, limit, columns) {
  const sort = { '@score': SCORE, _id: -1 }
  return asked({ ...wanted, $text: { $search: words } }, sort, limit, { ...columns, '@score': SCORE })
}

function page(found, limit, column, way) {
  return { nodes: found.slice(0, limit), column, way, hasNext: found.length > limit, hasPrevious: false }
}

const NAMES = { firstName: 1, lastName: 1 }

// The agents with these ids that the caller sees, in their places: those who are switched on, and the caller's own.
export async function agentsOf(caller, ids) {
  const wanted = [...new Map(ids.map((id) => [id.toHexString(), id])).values()]
  const rule = caller.agent ? { $or: [{ active: true }, { _id: caller.agent }] } : { active: true }
  const found = await agents.find({ ...rule, _id: { $in: wanted } }, { projection: NAMES }).toArray()
  const byId = new Map(found.map((row) => [row._id.toHexString(), row]))
  return ids.map((id) => byId.get(id.toHexString()) ?? null)
}
