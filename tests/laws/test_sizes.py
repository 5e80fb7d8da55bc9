"""Files and functions small enough to be read at once, each file saying what it is for."""

import ast

import pytest

from tests.laws.sources import PACKAGES, Module, modules

FILE_LINES = 300
FUNCTION_LINES = 40
EMPTY_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "core", "misc"})
ALL = modules(*PACKAGES, "tests", "benchmarks", "examples")


def test_finds_the_modules() -> None:
    assert {"models/policy.py", "resolvers/plan.py", "tests/laws/sources.py"} <= {module.name for module in ALL}


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.name)
class TestModule:
    """Laws about one file."""

    def test_is_short(self, module: Module) -> None:
        lines = module.text.count("\n")
        assert lines <= FILE_LINES, f"{module.name} has {lines} lines: split it by noun; {FILE_LINES} are allowed."

    def test_has_short_functions(self, module: Module) -> None:
        long = [
            f"{node.name} ({_lines(node)})"
            for node in ast.walk(module.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines(node) > FUNCTION_LINES
        ]
        assert not long, f"{module.name}: split {long}; {FUNCTION_LINES} lines are allowed."

    def test_says_what_it_is_for(self, module: Module) -> None:
        words = ast.get_docstring(module.tree)
        assert words, f"{module.name}: open it with a docstring of one sentence on what it is for."
        assert words.split("\n\n")[0].endswith((".", ":")), f"{module.name}: end the first sentence with a full stop."

    def test_has_a_name_that_says_something(self, module: Module) -> None:
        parts = {part.removesuffix(".py") for part in module.name.split("/")}
        assert not parts & EMPTY_NAMES, f"{module.name}: name it after what is in it."

    def test_does_not_repeat_its_folder(self, module: Module) -> None:
        *_, folder, file = ("", *module.name.split("/"))
        # A domain may be called after its first noun: the table `advisor` of the product `advisor`.
        noun = module.name.split("/")[0] in {"models", "resolvers"}
        assert noun or file != f"{folder}.py", f"{module.name}: name the file after what it adds to its folder."


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_public_functions_and_classes_say_what_they_do() -> None:
    silent = [
        f"{module.name}: {node.name}"
        for module in modules("models", "graphql_api")
        for node in ast.iter_child_nodes(module.tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not silent, f"Give each a docstring, with units and errors: {silent}"
