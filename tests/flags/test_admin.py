import pytest
from django.urls import reverse

from peerloop.core.flags.models import Flag
from peerloop.core.flags.permissions import can_access


@pytest.mark.covers("REC-81")
@pytest.mark.django_db(transaction=True)
def test_root_switches_a_feature_off_in_the_admin(root, ada, as_user):
    flag = Flag.objects.get(name="course_chat")
    answer = as_user(root).post(reverse("admin:flags_flag_change", args=[flag.pk]), {"share": "0"})
    assert (answer.status_code, can_access(ada, "course_chat")) == (302, False)


def test_a_share_of_a_thousand_per_cent_is_sent_back(root, as_user):
    flag = Flag.objects.get(name="course_chat")
    answer = as_user(root).post(reverse("admin:flags_flag_change", args=[flag.pk]), {"everyone": "on", "share": "1000"})
    assert answer.status_code == 200
    assert Flag.objects.get(pk=flag.pk).share == 0


@pytest.mark.parametrize("page", ["admin:flags_flag_add", "admin:flags_flag_changelist"])
def test_oskar_finds_no_switches(oskar, as_user, page):
    answer = as_user(oskar).get(reverse(page))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("admin:login"))


def test_root_sees_what_each_feature_needs(root, as_user):
    answer = as_user(root).get(reverse("admin:flags_flag_changelist"))
    assert "Course Chat, Goodwill points" in answer.content.decode()
