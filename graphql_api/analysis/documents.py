"""The operations that the worker sends: every rule, limit and check of the API holds for it as for anybody else.

Of other homes it asks for those alone that everybody may see: what it writes is read by one agent, and they may be
another's.
"""

DUE = """query Due($first: Int!, $after: String) {
  due: estateOffersToAnalyze(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}"""

OFFER = """query Offer($id: ID!) {
  offer: estateOffer(id: $id) {
    id version status offerAmount earnestMoney downPayment financingType contingencies inspectionPeriod closingDate
    additionalTerms aiAnalysis { confidence } rounds { by offerAmount note }
    listing {
      id city state price previousPrice bedrooms bathrooms sqft lotSize yearBuilt propertyType description features
    }
  }
}"""

HOMES = """query Homes($where: EstateListingWhere!, $first: Int!) {
  forSale: estateListings(status: ACTIVE, where: $where, first: $first) { nodes { ...home } }
  pending: estateListings(status: PENDING, where: $where, first: $first) { nodes { ...home } }
  sold: estateListings(status: SOLD, where: $where, first: $first) { nodes { ...home } }
}
fragment home on EstateListing { id state price sqft status }"""

ANALYSIS_SET = """mutation AnalysisSet($input: EstateOfferAnalysisSetInput!) {
  payload: estateOfferAnalysisSet(input: $input) { clientMutationId userErrors { code message } }
}"""

EXPIRE = """mutation Expire($input: EstateOffersExpireInput!) {
  payload: estateOffersExpire(input: $input) { expiredCount userErrors { code message } }
}"""
