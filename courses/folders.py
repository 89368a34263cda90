"""A course as a folder of Markdown files: `course.md`, perhaps a cover, and `modules/NN-slug.md` in their order.

Reading it writes nothing. Every file starts with a YAML front matter between two lines of `---`.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BrokenFolder
from .models import Category

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
MODULE_NAME = re.compile(r"(\d{2,3})-([a-z0-9]+(?:-[a-z0-9]+)*)\.md")
SMALL = 32767  # the largest number the tables hold

Title = Annotated[str, Field(min_length=1, max_length=120)]
Summary = Annotated[str, Field(max_length=240)]


class Head(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CourseHead(Head):
    title: Title
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    summary: Summary
    category: Category = Category.GENERAL
    cover: Annotated[str, Field(pattern=r"^[a-z0-9_-]+\.(webp|jpg|jpeg|png)$")] | None = None
    order: Annotated[int, Field(ge=0, le=SMALL)] = 100
    published: bool = True


class ModuleHead(Head):
    title: Title
    minutes: Annotated[int, Field(ge=0, le=SMALL)] = 0
    summary: Summary = ""


AnyHead = TypeVar("AnyHead", bound=Head)


@dataclass(frozen=True)
class Page:
    """A module: its slug and the fields of its row."""

    slug: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class CourseFolder:
    """A whole course: its slug, the fields of its row, its modules in order, its cover if it has one."""

    slug: str
    fields: dict[str, Any]
    modules: list[Page]
    cover: Path | None

    def cover_name(self) -> str:
        """Where the cover is stored. It holds the picture's digest, so the same picture is stored once."""
        if not self.cover:
            return ""
        return f"courses/{self.slug}-{sha256(self.cover.read_bytes()).hexdigest()[:12]}{self.cover.suffix}"


def read_folder(folder: Path) -> CourseFolder:
    """The course in `folder`. Raises BrokenFolder with the file and the reason."""
    head, body = read(folder / "course.md", CourseHead)
    fields = {**head.model_dump(exclude={"slug", "cover"}), "description": body}
    cover = readable_picture(folder / head.cover) if head.cover else None
    return CourseFolder(head.slug, fields, read_modules(folder / "modules"), cover)


def read_modules(folder: Path) -> list[Page]:
    pages: list[Page] = []
    for position, path in enumerate(sorted(folder.glob("*.md")), start=1):
        name = MODULE_NAME.fullmatch(path.name)
        if not name:
            raise BrokenFolder(path=path, reason="a module is called NN-its-slug.md, for example 01-first-steps.md.")
        if name[2] in {page.slug for page in pages}:
            raise BrokenFolder(path=path, reason=f"another module is called {name[2]}, too.")
        head, body = read(path, ModuleHead)
        pages.append(Page(name[2], {**head.model_dump(), "position": position, "body": body}))
    if not pages:
        raise BrokenFolder(path=folder, reason="there is no module here.")
    return pages


def read(path: Path, shape: type[AnyHead]) -> tuple[AnyHead, str]:
    try:
        front, body = FRONT_MATTER.fullmatch(path.read_text()).groups()  # type: ignore[union-attr]
        return shape.model_validate(yaml.safe_load(front)), body.strip()
    except FileNotFoundError:
        raise BrokenFolder(path=path, reason="this file is missing.") from None
    except UnicodeDecodeError:
        raise BrokenFolder(path=path, reason="this is not a text in UTF-8.") from None
    except AttributeError:
        raise BrokenFolder(
            path=path, reason="it does not start with a front matter between two lines of ---."
        ) from None
    except yaml.YAMLError as error:
        raise BrokenFolder(path=path, reason=f"the front matter is not YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise BrokenFolder(path=path, reason=spoken(error)) from None


def spoken(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, each['loc'])) or 'front matter'}: {each['msg']}" for each in error.errors())


def readable_picture(path: Path) -> Path:
    try:
        with Image.open(path) as picture:
            picture.verify()
    except FileNotFoundError:
        raise BrokenFolder(path=path, reason="this file is missing.") from None
    except (OSError, SyntaxError, Image.DecompressionBombError):
        raise BrokenFolder(path=path, reason="this is not a picture that can be read.") from None
    return path
