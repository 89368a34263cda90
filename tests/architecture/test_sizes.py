"""Nothing grows beyond what one reads at once."""

import ast

from tests.architecture.house import files, name_of, source_files

FUNCTION_LINES = 50
FILE_LINES = 400
TEST_FILE_LINES = 600
TEMPLATE_LINES = 150
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "coming" + " soon", "lorem" + " ipsum")


def lines(path) -> int:
    return len(path.read_text().splitlines())


def test_no_function_is_longer_than_fifty_lines():
    long = [
        f"{name_of(path)}: {node.name}"
        for path in files("*.py")
        # A journey is one story, told in one piece.
        if not {"migrations", "journeys"} & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LINES
    ]
    assert long == []


def test_no_file_is_longer_than_four_hundred_lines_and_no_test_than_six_hundred():
    allowed = {path: TEST_FILE_LINES if name_of(path).startswith("tests/") else FILE_LINES for path in files("*.py")}
    assert [name_of(path) for path, most in allowed.items() if lines(path) > most] == []


def test_no_template_is_longer_than_a_hundred_and_fifty_lines():
    assert [name_of(path) for path in files("templates/**") if lines(path) > TEMPLATE_LINES] == []


def test_no_script_is_longer_than_four_hundred_lines():
    assert [name_of(path) for path in files("static/js/**") if lines(path) > FILE_LINES] == []


def test_no_module_is_named_after_nothing():
    empty = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert [name_of(path) for path in source_files() if path.name in empty] == []


def test_nothing_is_left_for_later():
    paths = files("*.py", "templates/**", "static/js/**", "static/ui/*.css", "*.md", "Makefile")
    asked = [path for path in paths if path.name != "requirements.md"]  # the wishes themselves
    found = [f"{name_of(path)}: {word}" for path in asked for word in UNFINISHED if word in path.read_text()]
    assert found == []
