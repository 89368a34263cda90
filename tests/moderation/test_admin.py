from datetime import timedelta

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from peerloop.core.accounts.models import SYSTEM_ID, User
from peerloop.core.markup import navigation
from peerloop.core.moderation import services
from peerloop.core.moderation.admin.buttons import ON_ITEMS, ON_PEOPLE
from peerloop.core.moderation.models import Act, FlaggedItem
from tests.factories.people import person

QUEUE, LOG = "/admin/moderation/flaggeditem/", "/admin/moderation/act/"
WHY = "Selling is not for course rooms."


def reported(wall, author, by, text="Selling my leftover paints.") -> FlaggedItem:
    note = wall.pin(author, text)
    return services.flag_item(kind="note", item_id=note.pk, reason="spam", note="Third time.", by=by).item


def page_of(thing) -> str:
    return reverse("admin:moderation_person", args=[thing.pk]) if isinstance(thing, User) else thing.get_absolute_url()


def press(client, page, verb, token, reason=WHY, **more):
    return client.post(page, {"verb": f"{verb} {token}", "reason": reason}, **more)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


class TestQueue:
    def test_what_was_reported_waits_oldest_first_with_its_counts(self, wall, ada, mei, ben, root, as_user):
        first, second, third = (reported(wall, ben, ada, text) for text in ("One", "Two", "Three"))
        services.flag_item(kind="note", item_id=first.item_id, reason="abuse", by=mei)
        services.dismiss_flag(kind="note", item_id=second.item_id, reason="Fine.", by=root)
        answer = as_user(root).get(QUEUE)
        assert [(item, item.reports) for item in answer.context["cl"].result_list] == [(first, 2), (third, 1)]
        states = [choice["display"] for choice in answer.context["cl"].filter_specs[0].choices(answer.context["cl"])]
        assert states == ["Open (2)", "Hidden (0)", "Dismissed (1)", "All (3)"]
        shown = as_user(root).get(f"{QUEUE}?state=dismissed").context["cl"].result_list
        assert list(shown) == [second]

    @pytest.mark.parametrize("rows", [1, 20])
    def test_many_cost_what_one_costs(self, wall, ada, ben, root, as_user, django_assert_num_queries, rows):
        for number in range(rows):
            reported(wall, ben, ada, f"Advert {number}")
        client = as_user(root)
        client.get(QUEUE)
        with django_assert_num_queries(5):  # person, kinds, counts by state, how many, the rows
            client.get(QUEUE)

    def test_only_moderators_come_in(self, wall, ada, ben, sam, oskar, root, as_user):
        item = reported(wall, ben, ada)
        for address in (QUEUE, LOG, page_of(item), page_of(ben)):
            statuses = [as_user(person).get(address).status_code for person in (root, ada, sam, oskar, None)]
            assert statuses == [200, 302, 302, 302, 302]
        assert press(as_user(oskar), page_of(item), "hide", item.seen).status_code == 302
        assert Act.objects.count() == 0

    def test_a_moderator_needs_no_other_right_than_being_staff(self, wall, ada, ben, as_user):
        rita = as_user(person("rita", is_staff=True))
        item = reported(wall, ben, ada)
        assert [rita.get(each).status_code for each in (QUEUE, LOG, page_of(item), page_of(ben))] == [200] * 4


class TestCase:
    def test_it_shows_the_thing_in_its_place_who_reported_it_and_what_came_before(self, wall, ada, ben, root, as_user):
        services.warn_person(person=ben, reason="Earlier trouble.", by=root)
        item = reported(wall, ben, ada)
        text = as_user(root).get(page_of(item)).content.decode()
        for words in (
            "What stood before.",
            "Selling my leftover paints.",
            "&lt;script&gt;What stood after.&lt;/script&gt;",
            "Ada Lind",
            "Spam or advertising",
            "Third time.",
            "Earlier trouble.",
        ):
            assert words in text

    def test_it_says_that_the_text_is_another_by_now_or_gone(self, wall, ada, ben, root, as_user):
        item = reported(wall, ben, ada)
        wall.notes[item.item_id].text = "Never mind."
        assert "It reads now: “Never mind.”" in as_user(root).get(page_of(item)).content.decode()
        del wall.notes[item.item_id]
        assert "It was deleted since." in as_user(root).get(page_of(item)).content.decode()

    @pytest.mark.parametrize("rows", [1, 15])
    def test_many_reports_and_acts_cost_what_one_costs(
        self, wall, ada, ben, root, as_user, django_assert_num_queries, rows
    ):
        item = reported(wall, ben, ada)
        for number in range(rows):
            services.flag_item(kind="note", item_id=item.item_id, reason="spam", by=person(f"member-{number}"))
            services.warn_person(person=ben, reason="Again.", by=root, item=item)
        client = as_user(root)
        client.get(page_of(item))
        with django_assert_num_queries(7):  # person, case, reports, acts here, acts on the author, newer, next
            client.get(page_of(item))

    def test_the_second_moderator_sees_who_decided_and_keeps_the_typed_reason(self, wall, ada, ben, root, as_user):
        item, rita = reported(wall, ben, ada), person("rita", is_staff=True)
        client = as_user(rita)
        press(as_user(root), page_of(item), "dismiss", item.seen)
        answer = press(client, page_of(item), "hide", item.seen, "My own reason.")
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "Root Admin has decided this already: dismissed. Look at it again before you change that." in text
        assert "My own reason." in text
        # The page now shows the decision, so its button may change it.
        now = FlaggedItem.objects.get()
        assert f"hide {now.seen}" in text
        assert press(client, page_of(item), "hide", now.seen).status_code == 302

    @pytest.mark.parametrize(
        ("verb", "token", "reason", "status"),
        [
            ("hide", "", WHY, 404),
            ("hide", "no-id:0", WHY, 404),
            ("explode", "", WHY, 404),
            ("", "", WHY, 404),
            ("ban", "0192f7a0-0000-7000-8000-000000000000", WHY, 404),
            ("ban", str(SYSTEM_ID), WHY, 403),
            ("hide", "{seen}", "", 422),
            ("hide", "{seen}", "x" * 501, 422),
        ],
    )
    def test_forged_and_incomplete_forms_change_nothing(
        self, wall, ada, ben, root, as_user, verb, token, reason, status
    ):
        item = reported(wall, ben, ada)
        answer = press(as_user(root), page_of(item), verb, token.format(seen=item.seen), reason)
        assert (answer.status_code, Act.objects.count()) == (status, 0)

    def test_nobody_decides_about_themselves(self, wall, ada, root, as_user):
        item = reported(wall, root, ada)
        text = as_user(root).get(page_of(item)).content.decode()
        assert "somebody else decides" in text
        assert 'name="verb"' not in text
        assert press(as_user(root), page_of(item), "dismiss", item.seen).status_code == 403

    def test_an_old_case_leads_to_the_new_one(self, wall, ada, ben, root, as_user):
        item = reported(wall, ben, ada)
        services.dismiss_flag(kind="note", item_id=item.item_id, reason="Fine.", by=root)
        wall.notes[item.item_id].text = "Buy now!"
        newer = services.flag_item(kind="note", item_id=item.item_id, reason="spam", by=ada).item
        text = as_user(root).get(page_of(item)).content.decode()
        assert page_of(newer) in text
        assert 'value="hide' not in text

    def test_what_is_no_case_is_not_there(self, root, as_user):
        for key in ("no-id", "0192f7a0-0000-7000-8000-000000000000"):
            assert as_user(root).get(f"{QUEUE}{key}/change/").status_code == 404


def prepared(verb: str, wall, ada, ben, root) -> FlaggedItem:
    """A case of Ben's in the state in which the button `verb` fits."""
    item = reported(wall, ben, ada)
    if verb == "restore":
        services.hide_item(kind="note", item_id=item.item_id, reason=WHY, by=root)
    if verb == "unban":
        services.ban_person(person=ben, reason=WHY, by=root)
    if verb == "unmute":
        services.mute_person(person=ben, length=timedelta(hours=1), reason=WHY, by=root)
    return FlaggedItem.objects.get()


class TestEveryButtonWritesOneLine:
    @pytest.mark.parametrize("verb", [*ON_ITEMS, *ON_PEOPLE])
    def test_on_the_page_of_a_case(self, wall, ada, ben, root, as_user, verb):
        item = prepared(verb, wall, ada, ben, root)
        before = Act.objects.count()
        answer = press(as_user(root), page_of(item), verb, item.seen if verb in ON_ITEMS else ben.pk, follow=True)
        line = Act.objects.first()
        assert (answer.status_code, Act.objects.count()) == (200, before + 1)
        assert (line.verb, line.by, line.person, line.item, line.reason) == (
            verb.partition("_")[0],
            root,
            ben,
            item,
            WHY,
        )
        assert len(said(answer)) == 1

    @pytest.mark.parametrize("verb", ON_PEOPLE)
    def test_on_the_page_of_a_person(self, wall, ada, ben, root, as_user, verb):
        prepared(verb, wall, ada, ben, root)
        before = Act.objects.count()
        press(as_user(root), page_of(ben), verb, ben.pk)
        line = Act.objects.first()
        assert (Act.objects.count(), line.verb, line.person, line.item) == (
            before + 1,
            verb.partition("_")[0],
            ben,
            None,
        )

    @pytest.mark.parametrize("verb", [*ON_ITEMS, *ON_PEOPLE])
    def test_on_several_at_once(self, wall, ada, ben, mei, root, as_user, verb):
        items = [prepared(verb, wall, ada, ben, root)]
        before, client = Act.objects.count(), as_user(root)
        lists = QUEUE + "?state=all" if verb in ON_ITEMS else "/admin/accounts/user/"
        chosen = [str(item.pk) for item in items] if verb in ON_ITEMS else [str(ben.pk)]
        page = client.post(lists, {"action": f"{verb}_selected", "_selected_action": chosen})
        tokens = [token for token, _, _ in page.context["rows"]]
        assert Act.objects.count() == before
        client.post(reverse("admin:moderation_several"), {"verb": verb, "target": tokens, "reason": WHY})
        assert Act.objects.count() == before + 1
        assert (Act.objects.first().verb, Act.objects.first().person) == (verb.partition("_")[0], ben)

    @pytest.mark.parametrize(("verb", "hours"), [("mute_hour", 1), ("mute_day", 24), ("mute_week", 168)])
    def test_a_mute_lasts_as_long_as_its_button_says(self, ben, root, as_user, verb, hours):
        press(as_user(root), page_of(ben), verb, ben.pk)
        ben.refresh_from_db()
        assert abs(ben.muted_until - timezone.now() - timedelta(hours=hours)) < timedelta(minutes=1)


class TestSeveral:
    def test_exactly_the_shown_ones_are_decided_and_each_gets_a_line(self, wall, ada, ben, root, as_user):
        shown = [reported(wall, ben, ada, f"Advert {number}") for number in range(3)]
        client = as_user(root)
        page = client.post(QUEUE, {"action": "hide_selected", "_selected_action": [item.pk for item in shown]})
        assert [target for _, target, _ in page.context["rows"]] == shown
        later = reported(wall, ben, ada, "Came while the page was open")
        tokens = [token for token, _, _ in page.context["rows"]]
        answer = client.post(
            reverse("admin:moderation_several"), {"verb": "hide", "target": tokens, "reason": WHY}, follow=True
        )
        assert said(answer) == ["Hide: 3 done."]
        assert {act.item for act in Act.objects.all()} == set(shown)
        assert list(FlaggedItem.objects.open()) == [later]

    def test_one_that_was_decided_meanwhile_is_left_and_named(self, wall, ada, ben, root, as_user):
        items, rita = (
            [reported(wall, ben, ada, f"Advert {number}") for number in range(2)],
            person("rita", is_staff=True),
        )
        tokens = [item.seen for item in items]
        services.dismiss_flag(kind="note", item_id=items[0].item_id, reason="Fine.", by=rita)
        answer = as_user(root).post(
            reverse("admin:moderation_several"), {"verb": "hide", "target": tokens, "reason": WHY}, follow=True
        )
        assert said(answer) == [
            "Hide: 1 done.",
            "Rita has decided this already: dismissed. Look at it again before you change that. (1 left as they were)",
        ]
        assert Act.objects.count() == 2

    def test_without_a_reason_the_same_ones_are_shown_again(self, wall, ada, ben, root, as_user):
        item = reported(wall, ben, ada)
        answer = as_user(root).post(
            reverse("admin:moderation_several"), {"verb": "hide", "target": [item.seen], "reason": " "}
        )
        assert (answer.status_code, [target for _, target, _ in answer.context["rows"]]) == (422, [item])
        assert Act.objects.count() == 0

    def test_strangers_and_unknown_acts_are_refused(self, wall, ada, ben, oskar, root, as_user):
        item, address = reported(wall, ben, ada), reverse("admin:moderation_several")
        body = {"verb": "hide", "target": [item.seen], "reason": WHY}
        assert as_user(oskar).post(address, body).status_code == 302
        assert as_user(root).post(address, {**body, "verb": "explode"}).status_code == 404
        assert Act.objects.count() == 0


class TestLog:
    def test_it_is_read_only_and_newest_first(self, ada, root, as_user):
        acts = [services.warn_person(person=ada, reason=f"Warning {number}.", by=root) for number in range(2)]
        client = as_user(root)
        assert list(client.get(LOG).context["cl"].result_list) == acts[::-1]
        line = f"{LOG}{acts[0].pk}/change/"
        assert b"Warning 0." in client.get(line).content
        refused = [
            client.post(line, {"reason": "Nothing."}),
            client.post(line.replace("change", "delete"), {"post": "yes"}),
        ]
        assert [answer.status_code for answer in (*refused, client.get(f"{LOG}add/"))] == [403, 403, 403]
        assert Act.objects.count() == 2

    @pytest.mark.parametrize("rows", [1, 20])
    def test_many_lines_cost_what_one_costs(self, wall, ada, ben, root, as_user, django_assert_num_queries, rows):
        item = reported(wall, ben, ada)
        for _ in range(rows):
            services.warn_person(person=ben, reason=WHY, by=root, item=item)
        client = as_user(root)
        client.get(LOG)
        with django_assert_num_queries(6):  # person, who acted, first and last day, how many, the rows
            client.get(LOG)


class TestSite:
    def test_the_desk_starts_with_moderation_and_says_what_waits(self, wall, ada, ben, root, as_user):
        item = reported(wall, ben, ada)
        answer = as_user(root).get("/admin/")
        assert (admin.site.site_header, answer.context["waiting"], answer.context["oldest"]) == (
            "PeerLoop moderation",
            1,
            item,
        )
        assert [group["name"] for group in answer.context["app_list"]][:3] == ["Moderation", "People", "Signing in"]
        assert b"<strong>1 report</strong> needs a decision." in answer.content

    def test_a_persons_page_in_the_admin_leads_to_what_can_be_done(self, ben, root, as_user):
        text = as_user(root).get(f"/admin/accounts/user/{ben.pk}/change/").content.decode()
        assert page_of(ben) in text

    def test_nothing_in_the_admin_needs_an_inline_script_or_style(self, wall, ada, ben, root, as_user):
        item, client = reported(wall, ben, ada), as_user(root)
        for address in ("/admin/", QUEUE, LOG, page_of(item), page_of(ben), f"/admin/accounts/user/{ben.pk}/change/"):
            answer = client.get(address)
            text = answer.content.decode()
            assert "unsafe-inline" not in answer["Content-Security-Policy"]
            assert [each for each in ("<style", " style=", " onclick=", "<script>") if each in text] == []

    def test_the_way_to_the_queue_is_shown_to_moderators_only(self, ada, root):
        shown = [[each.label for each in navigation.at("account", navigation.shown(user))] for user in (ada, root)]
        assert ["Moderation" in labels for labels in shown] == [False, True]
