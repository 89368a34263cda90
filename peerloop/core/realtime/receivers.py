from django.dispatch import receiver

from peerloop.core.accounts.signals import access_lost, session_ended

from .services import disconnect


@receiver(access_lost)
def close_sockets_of_the_person(sender, user, **about) -> None:
    disconnect(user_id=user.pk, sentence="Your account was signed out.")


@receiver(session_ended)
def close_sockets_of_the_session(sender, session_key, **about) -> None:
    disconnect(session=session_key, sentence="You signed out. Sign in again to go on.")
