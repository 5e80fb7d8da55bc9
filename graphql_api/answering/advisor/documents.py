"""The operations that the worker sends: every rule, limit and check of the API holds for it as for anybody else."""

DUE = """query Due($first: Int!) {
  due: advisorAnswersDue(first: $first) { nodes { id conversationId advisorId createdAt } }
}"""

CLAIM = """mutation Claim($input: AdvisorMessageClaimInput!) {
  payload: advisorMessageClaim(input: $input) { lease restarted userErrors { code message } }
}"""

APPEND = """mutation Append($input: AdvisorMessageAppendInput!) {
  payload: advisorMessageAppend(input: $input) { created userErrors { code message } }
}"""

FINISH = """mutation Finish($input: AdvisorMessageFinishInput!) {
  payload: advisorMessageFinish(input: $input) { clientMutationId userErrors { code message } }
}"""

FAIL = """mutation Fail($input: AdvisorMessageFailInput!) {
  payload: advisorMessageFail(input: $input) { clientMutationId userErrors { code message } }
}"""

RELEASE = """mutation Release($input: AdvisorMessageReleaseInput!) {
  payload: advisorMessageRelease(input: $input) { clientMutationId userErrors { code message } }
}"""

TYPING = """mutation Typing($input: AdvisorTypingSetInput!) {
  payload: advisorTypingSet(input: $input) { clientMutationId userErrors { code message } }
}"""

MATERIAL = """query Material($conversation: ID!, $advisor: ID!, $before: Timestamp!, $messages: Int!, $memories: Int!) {
  advisor(id: $advisor) {
    persona {
      name title description oneLiner archetype temperament bio detailedBackground experience specialties
      communicationStyle personality expertise coreBeliefsOrPrinciples
      adviceDelivery { mode formality useEmojis voiceGuidelines signOff }
    }
    roleDefinition { role mission responsibilities constraints scope { inScope outOfScope } }
    localization { language }
  }
  messages: advisorMessages(conversationId: $conversation, last: $messages, where: { createdAt: { lt: $before } }) {
    nodes { sender status content advisorId advisor { persona { name } } }
  }
  memories: advisorMemories(conversationId: $conversation, advisorId: $advisor, first: $memories) {
    nodes { key value }
  }
  summaries: advisorThreadSummaries(conversationId: $conversation, first: 1) { nodes { content } }
}"""
