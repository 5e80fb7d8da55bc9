"""Decides what a client learns of an error: the developer's mistakes and refusals in words, a fault only by its id."""

import secrets

import structlog
from graphql import GraphQLError
from pymongo.errors import ConnectionFailure, PyMongoError, ServerSelectionTimeoutError, WaitQueueTimeoutError

from graphql_api.errors import code_of, coded
from models.errors import Refusal
from models.validation import Refusals

log = structlog.get_logger(__name__)


def explained(error: GraphQLError) -> GraphQLError:
    """Return the error as a client may see it, with `extensions.code`; what is masked is logged under its id."""
    if error.path is None:
        # Before the first field there are only the client's variables.
        return error if code_of(error) else coded("BAD_USER_INPUT", error.message, error)
    original = error.original_error
    if isinstance(original, PyMongoError):
        return _database(error, original)
    if original is None or isinstance(original, GraphQLError):
        return _of_the_document(error, original)
    return _of_a_resolver(error, original)


def internal(error: BaseException, at: GraphQLError | None = None) -> GraphQLError:
    """Return the masked form of a fault and log the fault, with its traceback, under the id that the client gets.

    A database that is away is no fault of the program, and is told as what it is.
    """
    if isinstance(error, ConnectionFailure):
        return _unavailable(error, at)
    fault = secrets.token_hex(8)
    path = at.path if at else None
    log.error("internal error", id=fault, path=path, exc_info=(type(error), error, error.__traceback__))
    return coded("INTERNAL", f"Internal error. Quote id {fault}.", at, id=fault)


def timed_out(seconds: float, at: GraphQLError | None = None) -> GraphQLError:
    """Return the error of an operation that took longer than it may, in seconds."""
    return coded("TIMEOUT", f"The operation took longer than {seconds:g} seconds; ask for less at once.", at)


def _of_the_document(error: GraphQLError, original: GraphQLError | None) -> GraphQLError:
    if code_of(error):
        return error
    if original is None or original.nodes:
        # Raised by graphql-core about an argument: these point at the document themselves.
        return coded("BAD_USER_INPUT", error.message, error)
    # A value that its own type cannot serialize: the message would tell what is stored.
    return internal(original, error)


def _of_a_resolver(error: GraphQLError, original: Exception) -> GraphQLError:
    if isinstance(original, Refusals):
        # One field has one error: the first refusal gives its code, all give their words.
        return _refused(error, original.refusals[0], str(original))
    if isinstance(original, Refusal):
        return _refused(error, original, original.message)
    return internal(original, error)


def _refused(error: GraphQLError, refusal: Refusal, message: str) -> GraphQLError:
    return coded(refusal.code, message, error, **({"field": list(refusal.field)} if refusal.field else {}))


def _database(error: GraphQLError, original: PyMongoError) -> GraphQLError:
    waited = isinstance(original, ServerSelectionTimeoutError | WaitQueueTimeoutError)
    if original.timeout and not waited:
        return coded("TIMEOUT", "The database took too long over the operation; ask for less at once.", error)
    if waited or isinstance(original, ConnectionFailure):
        return _unavailable(original, error)
    return internal(original, error)


def _unavailable(original: BaseException, at: GraphQLError | None) -> GraphQLError:
    log.warning("database unavailable", error=str(original), path=at.path if at else None)
    return coded("UNAVAILABLE", "The database cannot be reached now; try again in a few seconds.", at)
