"""What is wrong with the values of a row, said in the caller's terms."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from models.errors import Code, Refusal
from models.row import Row

R = TypeVar("R", bound=Row)

_CODES = {
    "string_too_long": Code.TOO_LONG,
    "too_long": Code.TOO_LONG,
    "greater_than": Code.OUT_OF_RANGE,
    "greater_than_equal": Code.OUT_OF_RANGE,
    "less_than": Code.OUT_OF_RANGE,
    "less_than_equal": Code.OUT_OF_RANGE,
}


class Refusals(Exception):
    """Several values are wrong at once; each is a `Refusal` of its own."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__("; ".join(refusal.message for refusal in refusals))
        self.refusals = refusals


def build(row: type[R], values: Mapping[str, Any]) -> R:
    """A new row with `values` (None means not given) and the defaults of the rest. Raises `Refusals`."""
    try:
        return row(**{name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        raise Refusals(_refusals(error, ())) from error


def check(row: type[Row], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The `changes` of columns as they are stored. Raises `Refusals` for those the columns do not take."""
    accepted: dict[str, Any] = {}
    wrong: list[Refusal] = []
    for column, value in changes.items():
        adapter = _adapter(row, column)  # type: ignore[arg-type]  # a class is hashable, whatever its instances are
        try:
            accepted[column] = adapter.dump_python(adapter.validate_python(value), exclude_none=True)
        except ValidationError as error:
            wrong += _refusals(error, (column,))
    if wrong:
        raise Refusals(wrong)
    return accepted


@cache
def _adapter(row: type[Row], column: str) -> TypeAdapter[Any]:
    info = row.model_fields[column]
    annotation: Any = info.annotation
    for constraint in info.metadata:
        annotation = Annotated[annotation, constraint]
    return TypeAdapter(annotation)


def _refusals(error: ValidationError, path: tuple[str, ...]) -> list[Refusal]:
    return [
        Refusal(
            _CODES.get(problem["type"], Code.INVALID),
            f"{problem['msg'].removeprefix('Value error, ')}.",
            *(str(part) for part in (*path, *problem["loc"])),
        )
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]
