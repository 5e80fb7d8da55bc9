// Global ids and cursors in the server's own form, so that answers can be compared whole.
import { crc32 } from 'node:zlib'
import { BSON, Double, Long, ObjectId } from 'mongodb'

export const globalId = (tag, key) => (key ? tag + Buffer.from(key.id).toString('base64url') : null)

export const bare = (tag, text) =>
  text.length === 20 && text.startsWith(tag) ? new ObjectId(Buffer.from(text.slice(4), 'base64url')) : null

const fingerprints = new Map()
const DOUBLES = new Set(['price', '@distance', '@score'])

export function cursorOf(row, column, way) {
  const order = `(('${column}', ${way}), ('_id', ${way}))`
  if (!fingerprints.has(order)) fingerprints.set(order, crc32(order))
  const o = fingerprints.get(order)
  const value = DOUBLES.has(column) ? new Double(row[column]) : Long.fromNumber(row[column])
  const packed = BSON.serialize({ o: o > 0x7fffffff ? Long.fromNumber(o) : o, v: [value, row._id] })
  return Buffer.from(packed).toString('base64url')
}
