"""Votes on what helped: one per person and thing, changed by voting again, counted anew each time."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goodwill import queries
from goodwill.errors import OwnContent, VoteOnNothing
from goodwill.models import HelpfulVote
from goodwill.services import take_back_vote, vote_helpful
from goodwill.votables import declare
from peerloop.core.accounts.exports import exports
from peerloop.core.accounts.services import ban_account, delete_account

pytestmark = pytest.mark.django_db


def votes() -> list[tuple[str, bool]]:
    return sorted((each.voter.username, each.is_helpful) for each in HelpfulVote.objects.select_related("voter"))


@pytest.mark.covers("REP-10", "REP-11", "REP-12", "REP-13", "REP-14")
def test_a_vote_says_who_found_what_helpful_or_not(ada, ben, thing, vote):
    given = vote(ada, thing)
    stored = HelpfulVote.objects.values("content_type", "content_id", "voter", "is_helpful", "created_at").get()
    assert stored == {
        "content_type": "help_response",
        "content_id": thing.pk,
        "voter": ada.pk,
        "is_helpful": True,
        "created_at": given.created_at,
    }
    assert HelpfulVote._meta.db_table == "helpful_votes"
    assert HelpfulVote.Content.values == ["help_response", "forum_post", "tutorial"]


@pytest.mark.covers("REP-15")
def test_voting_again_changes_the_vote_and_never_counts_twice(ada, mei, thing, vote):
    for is_helpful, counted in [(True, 1), (True, 1), (False, 0), (False, 0), (True, 1)]:
        vote(ada, thing, is_helpful)
        assert (votes(), thing.helpful) == ([("ada", is_helpful)], counted)
    vote(mei, thing)
    assert (votes(), thing.helpful) == ([("ada", True), ("mei", True)], 2)


def test_the_database_holds_one_vote_each_and_known_kinds_only(ada, thing, vote):
    vote(ada, thing)
    for content_type in ("help_response", "cooking_recipe"):
        row = HelpfulVote(content_type=content_type, content_id=thing.pk, voter=ada, is_helpful=False)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    assert votes() == [("ada", True)]


def test_a_vote_can_be_taken_back_and_that_again(ada, mei, thing, vote):
    vote(ada, thing)
    vote(mei, thing)
    for _ in range(2):
        take_back_vote(content_type="help_response", content_id=thing.pk, by=ada)
        assert (votes(), thing.helpful) == ([("mei", True)], 1)


@pytest.mark.covers("REC-92")
def test_nobody_votes_on_their_own(ada, ben, thing, vote):
    vote(ada, thing)
    with pytest.raises(OwnContent, match=r"This is your own\. Others decide whether it helped\."):
        vote(ben, thing)
    assert (votes(), thing.helpful) == ([("ada", True)], 1)


def test_what_is_gone_or_not_for_them_to_see_cannot_be_voted_on(ada, oskar, thing, vote, things):
    vote(ada, thing)
    with pytest.raises(VoteOnNothing):
        vote(oskar, thing)
    with pytest.raises(VoteOnNothing):
        take_back_vote(content_type="help_response", content_id=thing.pk, by=oskar)
    del things[thing.pk]
    with pytest.raises(VoteOnNothing):
        vote(ada, thing, is_helpful=False)
    assert votes() == [("ada", True)]


def test_who_is_banned_does_not_vote(ada, root, thing, vote):
    ban_account(user=ada, by=root)
    with pytest.raises(OwnContent):
        vote(ada, thing)
    assert votes() == []


def test_an_undeclared_kind_is_a_mistake_of_the_program(ada, thing):
    with pytest.raises(KeyError):
        vote_helpful(content_type="tutorial", content_id=thing.pk, by=ada)


def test_everybody_sees_their_own_votes(ada, mei, oskar, thing, another, vote, django_assert_num_queries):
    vote(ada, thing)
    vote(ada, another, is_helpful=False)
    vote(mei, thing)
    ids = [thing.pk, another.pk, uuid4()]
    with django_assert_num_queries(1):
        assert queries.votes_of(ada, "help_response", ids) == {thing.pk: True, another.pk: False}
    assert queries.votes_of(oskar, "help_response", ids) == {}
    assert queries.votes_of(ada, "tutorial", ids) == {}
    own = list(exports["votes"].rows(ada))
    assert [(row["content_id"], row["is_helpful"]) for row in own] == [(thing.pk, True), (another.pk, False)]


def test_a_deleted_account_leaves_its_votes_counted(ada, mei, thing, vote):
    vote(ada, thing)
    delete_account(user=ada, by=ada)
    vote(mei, thing)
    assert thing.helpful == 2


def test_a_kind_of_thing_is_declared_once(things):
    with pytest.raises(ValueError, match="'help_response' is declared twice"):
        declare(things.votable())


def test_staff_read_votes_and_nobody_writes_them(as_user, ada, root, oskar, thing, vote):
    vote(ada, thing)
    key = HelpfulVote.objects.get().pk
    page = as_user(root).get("/admin/goodwill/helpfulvote/").content.decode()
    assert str(thing.pk) in page
    assert as_user(root).post(f"/admin/goodwill/helpfulvote/{key}/change/", {"is_helpful": ""}).status_code == 403
    assert as_user(oskar).get("/admin/goodwill/helpfulvote/").status_code == 302
    assert votes() == [("ada", True)]
