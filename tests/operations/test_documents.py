"""docs/operating.md tells of everything an operator can set or type."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text()
READ = re.compile(r"""(?:\benv\.\w+|as_given|share|required_in_production|needed_with_stripe)\(\s*"([A-Z_]+)\"""")


def test_every_environment_variable_of_the_settings_has_its_row():
    sources = "".join(path.read_text() for path in (ROOT / "peerloop" / "settings").glob("*.py"))
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATING, re.MULTILINE))
    # PORT is the supervisor's.
    assert rows - {"PORT"} == set(READ.findall(sources))


def test_every_name_of_the_example_environment_has_its_row_or_unit():
    names = re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "peerloop.env.example").read_text(), re.MULTILINE)
    assert [name for name in names if f"`{name}`" not in OPERATING] == []


def test_every_make_target_for_people_has_its_row():
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert [name for name in targets - {"help", "venv"} if f"`make {name}`" not in OPERATING] == []


def test_no_list_of_packages_names_an_index_and_every_package_has_its_hash():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert not re.search(r"://|--(extra-)?index-url|--find-links", text), path.name
        packages = re.findall(r"^[a-z0-9].*==.*$", text, re.MULTILINE)
        assert len(packages) > 0
        assert [line for line in packages if not line.endswith("\\")] == []


def test_the_run_list_holds_nothing_that_the_other_lists_hold_differently():
    pins = {name: pins_of(name) for name in ("run", "prod", "dev")}
    assert pins["run"] <= pins["prod"] <= pins["dev"]


def pins_of(name: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9].*==[^ ]+", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
