"""Which icons the pages use, and the sprite that holds just those."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

SPRITE = Path(settings.BASE_DIR) / "static" / "ui" / "icons.svg"
SVG = "http://www.w3.org/2000/svg"
COMMENT = re.compile(r"\{#.*?#\}")
# {% icon "bell" %} and include … icon="bell" in a template, icon("bell") in a script.
WRITTEN = re.compile(r"""\bicon(?:\s+|\(|=)["']([a-z0-9-]+)["']""")
ROOTS = ("peerloop", "courses", "goodwill", "chat", "forums", "mentorship", "helpdesk")


def used_icons() -> set[str]:
    """The names written in templates, scripts and Python; a computed name cannot be seen, so write it out."""
    base = Path(settings.BASE_DIR)
    pages = [*(base / "templates").rglob("*.html"), *(base / "static" / "js").rglob("*.js")]
    code = [file for root in ROOTS for file in (base / root).rglob("*.py")]
    written = {name for page in pages for name in WRITTEN.findall(COMMENT.sub("", page.read_text()))}
    return written.union(*(_icons_of(ast.parse(file.read_text())) for file in code))


def _icons_of(module: ast.Module) -> set[str]:
    values = [value for node in ast.walk(module) for value in _values_named_icon(node)]
    return {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)} - {""}


def _values_named_icon(node: ast.AST) -> Iterator[ast.expr | None]:
    """`icon="bell"` as an argument or attribute, and what a function or property called `icon` may return."""
    match node:
        case ast.keyword(arg="icon", value=value) | ast.AnnAssign(target=ast.Name(id="icon"), value=value):
            yield value
        case ast.Assign(targets=[ast.Name(id="icon")], value=value):
            yield value
        case ast.FunctionDef(name="icon"):
            for inner in ast.walk(node):
                yield from inner.values if isinstance(inner, ast.Dict) else []
                yield inner.value if isinstance(inner, ast.Return) else None


def drawn_icons() -> set[str]:
    """The names that the committed sprite holds."""
    return set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))


def write_sprite(source: Path) -> int:
    """Write the sprite from the SVG files in `source`; returns how many icons it holds.

    Raises FileNotFoundError with the name of an icon that Bootstrap Icons does not have.
    """
    symbols = "\n".join(_symbol(name, source / f"{name}.svg") for name in sorted(used_icons()))
    SPRITE.write_text(f'<svg xmlns="{SVG}">\n{symbols}\n</svg>\n')
    return symbols.count("<symbol")


def _symbol(name: str, file: Path) -> str:
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(), re.DOTALL)
    if not drawing:
        raise ValueError(f"{file} is not an SVG drawing.")
    return f'<symbol id="{name}" viewBox="0 0 16 16">{" ".join(drawing[1].split())}</symbol>'
