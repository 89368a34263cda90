"""`--crowded first` or `--crowded last`: when the tests with browsers or processes run.

Of two suites beside each other, each then has what is crowded while the other has what is quiet.
"""

import pytest

CROWDED = ("browser", "processes")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crowded", choices=["first", "last"], help="when tests with browsers or processes run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if place := config.getoption("--crowded"):
        items.sort(key=lambda item: is_crowded(item) == (place == "last"))


def is_crowded(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in CROWDED)
