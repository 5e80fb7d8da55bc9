"""The operations that the worker sends for buyers' questions.

Of the profile it asks for what the buyer may see alone: whatever a model is told, a buyer can get it to tell.
"""

DUE = """query Due($first: Int!) {
  due: buyerChatAnswersDue(first: $first) { nodes { id sessionId message timestamp property { address } } }
}"""

CLAIM = """mutation Claim($input: BuyerChatMessageClaimInput!) {
  payload: buyerChatMessageClaim(input: $input) { lease restarted userErrors { code message } }
}"""

APPEND = """mutation Append($input: BuyerChatMessageAppendInput!) {
  payload: buyerChatMessageAppend(input: $input) { clientMutationId userErrors { code message } }
}"""

ANSWER = """mutation Answer($input: BuyerChatMessageAnswerInput!) {
  payload: buyerChatMessageAnswer(input: $input) { clientMutationId userErrors { code message } }
}"""

FAIL = """mutation Fail($input: BuyerChatMessageFailInput!) {
  payload: buyerChatMessageFail(input: $input) { clientMutationId userErrors { code message } }
}"""

RELEASE = """mutation Release($input: BuyerChatMessageReleaseInput!) {
  payload: buyerChatMessageRelease(input: $input) { clientMutationId userErrors { code message } }
}"""

MATERIAL = """query Material($session: ID!, $before: Timestamp!, $messages: Int!, $opinions: Int!) {
  session: buyerChatSession(id: $session) {
    profile {
      name location budget homeType bedrooms bathrooms mustHaveFeatures preferredAreas lifestyleDrivers
    }
    agent { firstName lastName agencyName }
    searchContexts(first: 1, where: { isActive: { eq: true } }) {
      nodes {
        searchTransaction {
          results { listingId score reasons }
          listings {
            id address city state price bedrooms bathrooms squareFeet propertyType yearBuilt features description status
          }
        }
      }
    }
    interactions(first: $opinions, where: { interactionType: { in: [LIKE, DISLIKE] } }) {
      nodes { interactionType reason listing { address } }
    }
  }
  messages: buyerChatMessages(sessionId: $session, last: $messages, where: { timestamp: { lt: $before } }) {
    nodes { message aiResponse property { address } }
  }
}"""
