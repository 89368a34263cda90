"""Markdown to HTML that is safe to store and to show.

Raw HTML is never parsed, links go to the web only, and nh3 keeps just the tags listed here: each of the two
alone would stop a script, so a mistake in one of them is not yet a hole.
"""

import re

import nh3
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from pygments import highlight as pygmentize
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

MENTION = re.compile(r"@([a-z0-9][a-z0-9_.-]{0,28}[a-z0-9_])", re.IGNORECASE)
WEB = re.compile(r"https?://", re.IGNORECASE)
SCHEME = re.compile(r"(?<![a-z0-9])https?$", re.IGNORECASE)
ADDRESS = re.compile(r"://[^\s<>\"`]+")
# Most messages: they need no parser, which costs more than the rest of what is done with them.
PLAIN = re.compile(r"(?![-+ ]|\d+[.)])(?:(?!://)[\w .,;:!?'\"()/=%+-])+(?<! )")

INLINE_TAGS = {"strong", "em", "s", "code", "a", "br", "span"}
MESSAGE_TAGS = INLINE_TAGS | {"p", "ul", "ol", "li", "blockquote", "pre"}
ARTICLE_TAGS = MESSAGE_TAGS | {"h2", "h3", "h4", "hr", "img", "table", "thead", "tbody", "tr", "th", "td"}
CLASSES = {"span": {*STANDARD_TYPES.values(), "pl-mention"} - {""}}


def render_message(text: str) -> SafeString:
    """HTML of what a member wrote in a conversation: no headings, tables or images; line breaks are kept.

    Links open in a new tab and carry `nofollow noopener ugc`; `@name` becomes
    `<span class="pl-mention" data-username="name">`, whether or not somebody has that name.
    """
    if is_plain(text):
        return mark_safe(f"<p>{text}</p>")  # noqa: S308 - nothing in it has a meaning in HTML
    return mark_safe(_MESSAGE_CLEANER.clean(_MESSAGE.render(text)).strip())  # noqa: S308 - cleaned in this very line


def is_plain(text: str) -> bool:
    """Whether `text` is one line without any character that Markdown or HTML might read as more than itself."""
    return PLAIN.fullmatch(text) is not None and "_" not in text


def render_article(text: str, *, top: int = 2) -> SafeString:
    """HTML of a course module: headings, tables, pictures of this site, code.

    Its highest headings, `#` or `##`, become h2 because the page has the h1, or what `top` says where more is above.
    """
    return mark_safe(_ARTICLE_CLEANER.clean(_ARTICLE.render(text, {"top": top})).strip())  # noqa: S308 - cleaned in this very line


def mentioned_usernames(text: str) -> frozenset[str]:
    """The names, in small letters, that `render_message` marks as mentions in `text`; none from code or links."""
    tokens = [child for block in _MESSAGE.parse(text) for child in block.children or []]
    return frozenset(str(token.attrs["data-username"]) for token in tokens if token.type == "mention_open")


def _mention(state: StateInline, silent: bool) -> bool:
    found = MENTION.match(state.src, state.pos)
    before = state.src[state.pos - 1] if state.pos else " "
    if not found or before.isalnum() or before in "_./@":  # an e-mail address is not a mention
        return False
    if not silent:
        opening = state.push("mention_open", "span", 1)
        opening.attrs = {"class": "pl-mention", "data-username": found[1].lower()}
        state.push("text", "", 0).content = found[0]
        state.push("mention_close", "span", -1)
    state.pos = found.end()
    return True


def _bare_link(state: StateInline, silent: bool) -> bool:
    """`https://…` in running text; as an inline rule, so that `_` and `*` within an address stay what they are."""
    scheme = SCHEME.search(state.pending)
    rest = ADDRESS.match(state.src, state.pos)
    if state.linkLevel or not scheme or not rest:
        return False
    address = _without_closing_marks(scheme[0] + rest[0])
    if not WEB.match(address) or WEB.fullmatch(address):
        return False
    if not silent:
        state.pending = state.pending[: scheme.start()]
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(address)}
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme[0])
    return True


def _without_closing_marks(address: str) -> str:
    """The sentence's own full stop or bracket is not part of the address: "(see https://example.org)."."""
    while address and (address[-1] in ".,;:!?'*_~]" or _ends_with_lone_bracket(address)):
        address = address[:-1]
    return address


def _ends_with_lone_bracket(address: str) -> bool:
    return address.endswith(")") and address.count(")") > address.count("(")


def _highlight(code: str, language: str, attrs: str) -> str:
    try:
        lexer = get_lexer_by_name(language) if language else None
    except ClassNotFound:
        lexer = None
    return pygmentize(code, lexer, HtmlFormatter(nowrap=True)) if lexer else ""


def _shift_headings(tokens: list[Token], top: int) -> None:
    headings = [token for token in tokens if token.type.startswith("heading_")]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + top, 4)}"


def _no_link_to_nowhere(tag: str, attribute: str, value: str) -> str | None:
    return None if attribute == "href" and not value else value


def _own_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    # A picture elsewhere would tell its host who reads the page; the content policy blocks it as well.
    foreign = tag == "img" and attribute == "src" and not value.startswith((settings.MEDIA_URL, settings.STATIC_URL))
    return None if foreign else _no_link_to_nowhere(tag, attribute, value)


def _message_parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "highlight": _highlight})
    parser.enable(
        [
            "fence",
            "blockquote",
            "list",
            "newline",
            "escape",
            "backticks",
            "emphasis",
            "strikethrough",
            "link",
            "autolink",
        ]
    )
    parser.inline.ruler.before("newline", "bare_link", _bare_link)
    parser.inline.ruler.before("newline", "mention", _mention)
    parser.validateLink = lambda url: WEB.match(url) is not None  # type: ignore[method-assign]
    return parser


def _article_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
    parser.enable(["table", "strikethrough"])
    parser.inline.ruler.before("newline", "bare_link", _bare_link)
    parser.core.ruler.push("shift_headings", lambda state: _shift_headings(state.tokens, state.env["top"]))
    return parser


_MESSAGE = _message_parser()
_ARTICLE = _article_parser()
# A focusable <pre> lets the keyboard scroll long lines of code.
_MESSAGE_CLEANER = nh3.Cleaner(
    tags=MESSAGE_TAGS,
    attributes={"a": {"href"}, "span": {"data-username"}, "ol": {"start"}},
    allowed_classes=CLASSES,
    attribute_filter=_no_link_to_nowhere,
    url_schemes={"http", "https"},
    link_rel="nofollow noopener ugc",
    set_tag_attribute_values={"a": {"target": "_blank"}, "pre": {"tabindex": "0"}},
)
_ARTICLE_CLEANER = nh3.Cleaner(
    tags=ARTICLE_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "img": {"src", "alt", "title"}},
    allowed_classes=CLASSES,
    attribute_filter=_own_pictures_only,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener",
    set_tag_attribute_values={"img": {"loading": "lazy"}, "pre": {"tabindex": "0"}},
)
