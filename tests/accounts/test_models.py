from peerloop.core.accounts.models import SYSTEM_ID, User


def test_the_system_is_an_account_that_nobody_can_use(db):
    system = User.objects.get(pk=SYSTEM_ID)
    assert (system.username, system.is_active, system.has_usable_password()) == ("peerloop", False, False)


def test_the_same_person_always_has_the_same_initials_and_tone(ada):
    again = User.objects.get(pk=ada.pk)
    assert (again.initials, again.tone) == ("AL", ada.tone)
