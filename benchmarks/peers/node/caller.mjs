// Tells who asks: a verified token, kept until it expires, and the profile of its account, looked up once per token.
import { createVerifier } from 'fast-jwt'
import { database } from './database.mjs'

const { AUTH_SECRET, AUTH_ISSUER, AUTH_AUDIENCE } = process.env
const verify = createVerifier({
  key: AUTH_SECRET,
  algorithms: ['HS256'],
  allowedIss: AUTH_ISSUER,
  allowedAud: AUTH_AUDIENCE,
  requiredClaims: ['exp', 'iss', 'aud', 'sub'],
  cache: 1000
})
const callers = new Map()

export async function callerOf(authorization) {
  const token = authorization?.startsWith('Bearer ') ? authorization.slice(7) : ''
  const claims = verify(token)
  let caller = callers.get(token)
  if (caller === undefined) {
    caller = await lookUp(claims)
    callers.set(token, caller)
  }
  return caller
}

async function lookUp(claims) {
  const account = await database.collection('accounts').findOne({ issuer: claims.iss, subject: claims.sub })
  if (account?.status !== 'active') throw new Error('This account may not sign in.')
  const profile = await database.collection('advisor_users').findOne({ accountId: account._id })
  const agent = await database.collection('estate_agents').findOne({ accountId: account._id })
  return { profile: profile._id, met: profile.metAdvisorIds ?? [], agent: agent?._id ?? null }
}
