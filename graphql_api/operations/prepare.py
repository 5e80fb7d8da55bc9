"""Turns the text of a document into prepared operations: parsed, measured against the limits, validated, kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import MaxIntrospectionDepthRule

from graphql_api.errors import Rejected, bounded, coded
from graphql_api.limits import COMPILED_AT_SIGHT, COST, ERRORS_SHOWN, QUERY_BYTES, TOKENS
from graphql_api.limits.bounds import exceeded, too_expensive
from graphql_api.limits.measure import Measured, Tariff, measure
from graphql_api.operations.compilation import Compilation, Pace
from graphql_api.operations.documents import Documents, NamedDocument, Trust

Kind = Literal["query", "mutation", "subscription"]

_KINDS: dict[OperationType, Kind] = {
    OperationType.QUERY: "query",
    OperationType.MUTATION: "mutation",
    OperationType.SUBSCRIPTION: "subscription",
}


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """One operation of a valid document within the limits, ready to run any number of times."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    kind: Kind
    root_fields: frozenset[str]
    """The names of its root fields in the schema, whatever their aliases."""
    measured: Measured
    """How much it asks for."""
    tariff: Tariff
    """Its price, by its variables."""
    suggestions: bool
    cost_limit: int
    """The most that it may cost with its variables."""
    compilation: Compilation
    """Its compiled execution."""

    @property
    def name(self) -> str | None:
        """The operation's name, or None for an anonymous one."""
        return self.operation.name.value if self.operation.name else None


Document = dict[str | None, PreparedOperation]


class Operations:
    """The prepared operations of one schema.

    `introspection` allows `__schema` and `__type`; `suggestions` allows "Did you mean" in messages, and is ignored
    without introspection, because suggestions tell the schema's names one by one. `cost_limit` is the most that an
    operation may cost, `trust` says which documents are run. Raises `ManifestError` for a trusted one that is wrong.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        introspection: bool,
        suggestions: bool = False,
        cost_limit: int = COST,
        trust: Trust | None = None,
    ) -> None:
        self.schema = schema
        self.cost_limit = cost_limit
        self.introspection = introspection
        self.suggestions = suggestions and introspection
        guard = MaxIntrospectionDepthRule if introspection else NoSchemaIntrospectionCustomRule
        self._pace = Pace(COMPILED_AT_SIGHT)
        self._rules = (*specified_rules, guard)
        self.documents: Documents[Document] = Documents(trust or Trust(), self._build, self._build_affordable)

    def prepare(self, asked: str | NamedDocument, operation_name: str | None) -> PreparedOperation:
        """Return the named operation of a document, or its only one; the document is given by its text or by a name.

        Raises `Rejected` for a document that does not parse, is not valid, goes beyond the limits, is not known or not
        trusted, and for a name that chooses no operation.
        """
        return _chosen(self.documents.find(asked), operation_name)

    def _build(self, text: str, size: int) -> Document:
        if size > QUERY_BYTES:
            message = f"The document has {size} bytes, the limit is {QUERY_BYTES}; ask for less at once."
            raise Rejected([coded("QUERY_TOO_LARGE", message)])
        parsed = _parse(text)
        document = {operation.name: operation for operation in self._operations(parsed)}
        # Before validation, whose time grows with the square of what the limits bound.
        for operation in document.values():
            if error := exceeded(operation.measured):
                raise Rejected([error])
        self._validate(parsed)
        return document

    def _build_affordable(self, text: str, size: int) -> Document:
        document = self._build(text, size)
        for operation in document.values():
            # The smallest pages that its variables can ask for: what costs too much even so would never run.
            variables = operation.operation.variable_definitions or ()
            smallest: dict[str, object] = {node.variable.name.value: 1 for node in variables}
            if error := affordable(operation, smallest):
                raise Rejected([error])
        return document

    def _operations(self, document: DocumentNode) -> Iterator[PreparedOperation]:
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                names = frozenset(_root_names(node.selection_set, fragments, set()))
                measured = measure(document, node, self.schema)
                yield PreparedOperation(
                    self.schema,
                    document,
                    node,
                    _KINDS[node.operation],
                    names,
                    measured,
                    Tariff(measured),
                    self.suggestions,
                    self.cost_limit,
                    Compilation(self.schema, document, node, self._pace),
                )

    def _validate(self, document: DocumentNode) -> None:
        errors = validate(
            self.schema, document, self._rules, max_errors=ERRORS_SHOWN, hide_suggestions=not self.suggestions
        )
        if errors:
            raise Rejected(bounded([coded(self._code(error), error.message, error) for error in errors]))

    def _code(self, error: GraphQLError) -> str:
        # The rule of graphql-core gives its errors neither code nor class, and it is the only one that says this.
        forbidden = not self.introspection and error.message.startswith("GraphQL introspection has been disabled")
        return "INTROSPECTION_DISABLED" if forbidden else "GRAPHQL_VALIDATION_FAILED"


def affordable(operation: PreparedOperation, variables: dict[str, object] | None) -> GraphQLError | None:
    """Return the error of an operation that costs more than the limit with these variables, or None."""
    cost = operation.tariff.cost(variables or {})
    return too_expensive(cost, operation.cost_limit) if cost > operation.cost_limit else None


def _parse(text: str) -> DocumentNode:
    try:
        return parse(text, max_lexical_tokens=TOKENS)
    except GraphQLSyntaxError as error:
        raise Rejected([_syntax(error)]) from error


def _syntax(error: GraphQLSyntaxError) -> GraphQLError:
    # graphql-core says these two only by its messages; a test holds them.
    if "tokens. Parsing aborted" in error.message:
        return coded("TOO_MANY_TOKENS", f"The document has more than {TOKENS} tokens; ask for less at once.")
    if "nested too deeply" in error.message:
        return coded("TOO_DEEP", "The document is nested too deeply; ask for fewer levels at once.")
    return coded("GRAPHQL_PARSE_FAILED", error.message, error)


def _chosen(document: Document, name: str | None) -> PreparedOperation:
    if name is None and len(document) == 1:
        return next(iter(document.values()))
    found = document.get(name) if name is not None else None
    if found is None:
        raise Rejected([coded("OPERATION_NOT_FOUND", _not_found(name))])
    return found


def _not_found(name: str | None) -> str:
    if name is None:
        return "The document has several operations; name the one to run in `operationName`."
    return f"The document has no operation named {name!r}; check `operationName`."


def _root_names(node: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode], seen: set[str]) -> Iterator[str]:
    for selection in node.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _root_names(selection.selection_set, fragments, seen)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
            seen.add(selection.name.value)
            fragment = fragments.get(selection.name.value)
            yield from _root_names(fragment.selection_set, fragments, seen) if fragment else ()
