"""Every product's statements about stored rows, in one place."""

from models.advisor import invariants as advisor
from models.buyer import invariants as buyer
from models.estate import invariants as estate
from models.invariant import Invariant

INVARIANTS: tuple[Invariant, ...] = (*advisor.INVARIANTS, *estate.INVARIANTS, *buyer.INVARIANTS)
