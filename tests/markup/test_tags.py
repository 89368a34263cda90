"""The tags that every template may use."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from peerloop.core.accounts.models import User
from peerloop.core.markup import navigation
from peerloop.core.markup.ids import dom_id


def draw(source: str, **context) -> str:
    return Template(source).render(Context(context)).strip()


def test_a_fragments_id_is_the_same_in_python_and_in_a_template():
    user = User(username="ada")
    assert draw("{% dom_id user %} {% dom_id user 'menu' %}", user=user) == f"user-{user.pk} menu-user-{user.pk}"
    assert dom_id(user, "menu") == f"menu-user-{user.pk}"


def test_an_icon_is_silent_beside_text_and_speaks_alone():
    use = '<use href="/static/ui/icons.svg#lock"></use></svg>'
    assert draw('{% icon "lock" %}') == f'<svg class="bi bi-lock" aria-hidden="true">{use}'
    assert draw('{% icon "lock" label=label extra="text-fern" %}', label="A <b>") == (
        f'<svg class="bi bi-lock text-fern" role="img" aria-label="A &lt;b&gt;">{use}'
    )


def test_an_avatar_shows_initials_or_the_picture():
    user = SimpleNamespace(tone=4, initials="AL", avatar_url="")
    assert draw('{% avatar user size="sm" st=True on=True %}', user=user) == (
        '<span class="pl-av pl-av--4 pl-av--sm pl-av--st pl-av--on" aria-hidden="true">AL</span>'
    )
    user.avatar_url = "/media/a.webp"
    assert draw("{% avatar user %}", user=user) == (
        '<span class="pl-av pl-av--4" aria-hidden="true"><img src="/media/a.webp" alt="" loading="lazy"></span>'
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "just now"), (59, "just now"), (60, "1 minute ago"), (3599, "59 minutes ago"), (3600, "1 hour ago"),
     (86399, "23 hours ago"), (86400, "1 day ago"), (29 * 86400, "29 days ago")],
)  # fmt: skip
def test_ago_is_said_in_words(seconds, words):
    when = timezone.now() - timedelta(seconds=seconds)
    assert draw("{{ when|ago }}", when=when) == f'<time datetime="{when.isoformat()}" data-time="ago">{words}</time>'


def test_times_are_shown_in_the_viewers_zone():
    when = timezone.datetime.fromisoformat("2026-03-12T23:30:00+00:00")
    with timezone.override("Europe/Berlin"):
        assert draw("{{ when|clock }} {{ when|day }}", when=when) == (
            '<time datetime="2026-03-12T23:30:00+00:00" data-time="clock">00:30</time> '
            '<time datetime="2026-03-12T23:30:00+00:00" data-time="day">13 March 2026</time>'
        )
    assert draw("{{ when|ago }}{{ when|clock }}{{ when|day }}", when=None) == ""


def test_one_is_not_many():
    assert draw('{% plural 1 "helper" %}, {% plural 0 "helper" %}, {% plural 2 "reply" "replies" %}') == (
        "1 helper, 0 helpers, 2 replies"
    )


class Question(forms.Form):
    title = forms.CharField(help_text="One sentence.")
    level = forms.ChoiceField(choices=[("a", "Beginner")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def test_a_field_ties_label_help_and_error_together():
    form = Question({"level": "a"})
    control = (
        '<input type="text" name="title" class="form-control is-invalid" required aria-invalid="true" '
        'aria-describedby="id_title_helptext id_title_error" id="id_title">'
    )
    assert draw('{% include "components/_field.html" with field=form.title %}', form=form).split("\n") == [
        '<div id="id_title_field">',
        "  ",
        '    <label class="form-label" for="id_title">Title</label>',
        f"    {control}",
        "  ",
        '  <div class="form-text" id="id_title_helptext">One sentence.</div>',
        '  <div class="invalid-feedback d-block" id="id_title_error">This field is required. </div>',
        "</div>",
    ]


def test_a_form_draws_each_field_and_what_is_wrong_with_the_whole():
    form = Question({"title": "Chalk"})
    form.is_valid()
    form.add_error(None, "Say a little more.")
    html = draw('{% include "components/_form.html" %}', form=form)
    assert html.count('role="alert"') == 1
    assert "Say a little more." in html
    assert html.count('class="form-check-input"') == 1
    assert html.count("Optional") == 1


@pytest.fixture
def links():
    kept = dict(navigation._entries)
    navigation._entries.clear()
    yield navigation
    navigation._entries.clear()
    navigation._entries.update(kept)


def test_each_place_of_the_shell_leads_where_apps_said(links):
    links.add("account_login", "Second", icon="lock", places={"bar", "tab"}, order=20)
    links.add("account_signup", "First", icon="list", places={"bar", "foot"}, order=10)
    links.add("account_logout", "Own", icon="list", places={"account"}, shown_to=links.signed_in)
    visitor, member = AnonymousUser(), User(username="ada")
    own = links.shown(member)
    named = {place: [each.label for each in links.at(place, own)] for place in ("bar", "tab", "more", "foot")}
    assert named == {"bar": ["First", "Second"], "tab": ["Second"], "more": ["First", "Own"], "foot": ["First"]}
    assert [each.label for each in links.at("account", own)] == ["Own"]
    assert links.at("account", links.shown(visitor)) == []


def test_the_page_one_is_on_is_marked(links):
    links.add("account_login", "Sign in", icon="lock", places={"bar"})
    source = '{% entries "bar" as links %}{% for link in links %}{{ link.entry.url }} {{ link.current }}{% endfor %}'
    for path, current in (("/accounts/login/", True), ("/accounts/login/code/", True), ("/", False)):
        request = RequestFactory().get(path)
        request.user = AnonymousUser()
        assert draw(source, request=request) == f"/accounts/login/ {current}"


def test_a_page_asks_once_who_sees_an_entry(links):
    asked = []
    links.add("account_login", "Sign in", icon="lock", places={"bar"}, shown_to=lambda user: asked.append(user) or True)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    draw('{% entries "bar" as a %}{% entries "tab" as b %}{% entries "more" as c %}', request=request)
    assert asked == [request.user]
