"""What the tests of the architecture look at: the house's own files and the floors they stand on."""

import os
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
APPS = ("peerloop", "goodwill", "courses", "chat", "forums", "mentorship", "helpdesk")
# What is kept, made or brought along, here or on a developer's machine.
NOT_OURS = {"var", "vendor", "node_modules", "__pycache__"}


def files(*patterns: str) -> list[Path]:
    """The house's files whose path matches one of `patterns`, in which `*` stands for folders too."""
    found = []
    for folder, names, here in os.walk(ROOT):
        names[:] = [name for name in names if name not in NOT_OURS and not name.startswith(".")]
        found += [Path(folder, name) for name in here]
    return sorted(path for path in found if any(fnmatch(name_of(path), pattern) for pattern in patterns))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source_files() -> list[Path]:
    ours = [path for path in files("*.py") if name_of(path).partition("/")[0] in APPS]
    return [path for path in ours if "migrations" not in path.parts]
