"""What members and courses write comes out as they meant it, and never as a script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerloop.core.markup.prose import (
    is_plain,
    mentioned_usernames,
    render_article,
    render_message,
)

LINK = '<a href="{0}" target="_blank" rel="nofollow noopener ugc">{0}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("two\nlines", "<p>two<br>\nlines</p>"),
        ("*a* **b** ~~c~~ `d`", "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>'),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("snake_case_stays 2 < 3 & so on", "<p>snake_case_stays 2 &lt; 3 &amp; so on</p>"),
        ("", ""),
    ],
)
def test_a_message_keeps_the_shape_its_author_gave_it(text, html):
    assert render_message(text) == html


@pytest.mark.parametrize(
    "text", ["# Heading", "| a | b |\n|---|---|", "![picture](https://example.org/x.png)", "Heading\n======="]
)
def test_a_message_has_no_headings_tables_or_pictures(text):
    assert not any(tag in render_message(text) for tag in ("<h", "<table", "<img"))


def test_code_is_coloured_by_classes_and_can_be_scrolled_by_the_keyboard():
    coloured = '<span class="n">x</span> <span class="o">=</span> <span class="mi">1</span>\n'
    assert render_message("```python\nx = 1\n```") == f'<pre tabindex="0"><code>{coloured}</code></pre>'


def test_code_of_an_unknown_language_stays_plain():
    assert render_message("```klingon\n<b>\n```") == '<pre tabindex="0"><code>&lt;b&gt;\n</code></pre>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see https://example.org/_a_*b*?x=1.", f"<p>see {LINK.format('https://example.org/_a_*b*?x=1')}.</p>"),
        ("(https://example.org/a_(b))", f"<p>({LINK.format('https://example.org/a_(b)')})</p>"),
        ("<https://example.org>", f"<p>{LINK.format('https://example.org')}</p>"),
        ("xhttps://example.org https:// ftp://example.org", "<p>xhttps://example.org https:// ftp://example.org</p>"),
        ("`https://example.org`", "<p><code>https://example.org</code></p>"),
    ],
)
def test_web_addresses_become_links_and_only_those(text, html):
    assert render_message(text) == html


def test_a_link_with_words_opens_in_a_new_tab_without_a_word_to_its_target():
    assert render_message("[here](https://example.org)") == (
        '<p><a href="https://example.org" target="_blank" rel="nofollow noopener ugc">here</a></p>'
    )


def test_mentions_are_marked_but_not_in_code_addresses_or_mail():
    text = "@ada and @Ben.o, not `@mei`, sam@example.org or https://example.org/@root."
    marked = '<span class="pl-mention" data-username="{}">@{}</span>'
    assert render_message(text) == (
        f"<p>{marked.format('ada', 'ada')} and {marked.format('ben.o', 'Ben.o')}, not <code>@mei</code>, "
        f"sam@example.org or {LINK.format('https://example.org/@root')}.</p>"
    )
    assert mentioned_usernames(text) == {"ada", "ben.o"}


def test_mentions_are_found_wherever_they_are_drawn():
    assert mentioned_usernames("> @ada\n\n- **@ben**\n\n```\n@mei\n```") == {"ada", "ben"}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "<javascript:alert(1)>",
    '[x](https://e.org "onclick=alert(1)")',
    'https://e.org/"onmouseover="alert(1)',
    "```<script>\nx\n```",
    "```python onload=alert(1)\nx\n```",
    '@ada"onclick="x',
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "&#106;avascript:alert(1) [x](&#106;avascript:alert(1))",
    "![x](javascript:alert(1))",
    "[x]()",
    "[x](<>)",
    "\x00<b>",
]


@pytest.mark.parametrize("render", [render_message, render_article])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_never_obeyed(render, text):
    _assert_harmless(render(text))


@given(st.lists(st.sampled_from([*HOSTILE, "*", "`", "\n", "> ", "[", "](", ")", "<", "@a1", "https://e.org/", "- "])))
def test_no_mixture_of_hostile_pieces_gets_through(pieces):
    _assert_harmless(render_message("".join(pieces)))


def _assert_harmless(html: str) -> None:
    from html.parser import HTMLParser

    class Watch(HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert tag not in {"script", "style", "svg", "iframe", "object", "form", "input"}
            for name, value in attrs:
                assert not name.startswith("on")
                assert name in {"href", "src", "alt", "title", "class", "rel", "target", "tabindex", "start",
                                "data-username", "loading"}  # fmt: skip
                assert name != "href" or value.startswith(("https://", "http://", "/"))

    Watch().feed(html)


def test_an_article_starts_below_the_heading_of_its_page():
    assert render_article("# One\n## Two\n### Three\n##### Five") == (
        "<h2>One</h2>\n<h3>Two</h3>\n<h4>Three</h4>\n<h4>Five</h4>"
    )


def test_an_article_skips_no_heading_whatever_it_starts_with():
    assert render_article("## One\n\n### Two") == "<h2>One</h2>\n<h3>Two</h3>"
    assert render_article("## One\n\n### Two", top=3) == "<h3>One</h3>\n<h4>Two</h4>"


def test_an_article_shows_pictures_of_this_site_and_tables():
    assert render_article("![cloak](/media/a.webp)\n\n|a|\n|-|\n|1|") == (
        '<p><img src="/media/a.webp" alt="cloak" loading="lazy"></p>\n<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n'
        "</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>"
    )


@pytest.mark.parametrize("source", ["https://spy.example/p.png", "//spy.example/p.png", "data:image/png;base64,x"])
def test_a_picture_elsewhere_is_not_fetched(source):
    assert "src" not in render_article(f"![p]({source})").replace("[p]", "")


def test_a_long_and_deep_text_is_rendered_all_the_same():
    assert render_message(">" * 1000).startswith("<blockquote>")
    assert render_message("[" * 1000) == f"<p>{'[' * 1000}</p>"


@given(st.text(alphabet="ab1.)-+: /'\"(,;!?%=é…_*~`<&@#\\[]\n", max_size=12))
def test_text_without_markdown_is_rendered_as_the_parser_would(text):
    # With a line end it goes through the parser, to which that says nothing.
    assert not is_plain(text) or render_message(text) == render_message(f"{text}\n")


def test_an_ordinary_sentence_needs_no_parser():
    assert is_plain("Which thinner do you use? (I'd say 50/50, it's 20% cheaper.)")
    assert [
        text
        for text in ("- a", "1. a", "2) a", "a_b", "@ben", "see http://x.org", "a*b", " a", "a ", "a\nb", "")
        if is_plain(text)
    ] == []
