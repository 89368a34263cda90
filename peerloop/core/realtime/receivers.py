from django.dispatch import receiver

from peerloop.core.accounts.signals import access_lost

from .services import disconnect


@receiver(access_lost)
def close_sockets_of_the_person(sender, user, **about) -> None:
    disconnect(user_id=user.pk, sentence="Your account was signed out.")
