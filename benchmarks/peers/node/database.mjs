// The way to MongoDB, with the driver's settings for speed.
import { MongoClient } from 'mongodb'

// What MongoDB stores is UTF-8 already: checking it again costs a third of a list's time.
export const client = new MongoClient(process.env.MONGODB_URI, { maxPoolSize: 50, enableUtf8Validation: false })
export const database = client.db(process.env.MONGODB_DATABASE)
await client.connect()
