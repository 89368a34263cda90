"""What the tests of the architecture look at: the house's own files and the floors they stand on."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
APPS = ("peerloop", "goodwill", "courses", "chat", "forums", "mentorship", "helpdesk")


def files(*patterns: str) -> list[Path]:
    """The files of the repository that match, without what is generated, vendored or not committed to it."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [ROOT / name for name in names if not name.startswith("static/vendor/")]
    return sorted(path for path in found if path.is_file())


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source_files() -> list[Path]:
    return [
        path for path in files("*.py") if name_of(path).partition("/")[0] in APPS and "migrations" not in path.parts
    ]
