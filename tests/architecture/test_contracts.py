"""The import contracts name every app and every door that there is, so that a new one cannot be forgotten."""

import tomllib

import pytest
from django.apps import apps

from tests.architecture.house import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
PROTECTED = {module for contract in CONTRACTS for module in contract.get("protected_modules", [])}
DOORS = ("urls", "routing", "views", "api", "consumers", "admin", "pieces", "forms", "receivers", "tasks")
TOLD = ("events", "notifications")
# Socket is there for the apps above to build their consumers on.
OPEN = {"peerloop.core.realtime.consumers"}
OWN_APPS = [app.name for app in apps.get_app_configs() if (ROOT / app.name.replace(".", "/")).is_dir()]


@pytest.mark.parametrize("app", [name for name in OWN_APPS if name != "peerloop.operations"])
def test_every_door_of_an_app_is_private(app):
    folder = ROOT / app.replace(".", "/")
    rooms = {f"{app}.{room}" for room in DOORS + TOLD if (folder / f"{room}.py").exists() or (folder / room).is_dir()}
    assert rooms - OPEN - PROTECTED == set()


def test_every_app_at_the_top_stands_on_a_floor():
    stacked = next(contract for contract in CONTRACTS if contract["name"] == "Apps are stacked")
    floors = {app for layer in stacked["layers"] for app in layer.split(" | ")}
    tops = {name for name in OWN_APPS if not name.startswith(("peerloop.core.", "peerloop.operations"))}
    assert tops == floors - {"peerloop.core"}
