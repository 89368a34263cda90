"""`python -m bench.tutorial.prepare`: tables, members and one signed-in reader; prints the reader's cookie."""

import django
from django.core.management import call_command

from bench.servers.base import ROOMS, SEATS, room_name, token
from bench.sessions import cookie_of


def main() -> None:
    django.setup()
    from django.contrib.auth.models import User

    from bench.tutorial.models import Member, Message

    call_command("migrate", run_syncdb=True, verbosity=0)
    Member.objects.bulk_create(
        Member(room=room_name(room), token=token(room, seat)) for room in range(ROOMS) for seat in range(SEATS)
    )
    Message.objects.bulk_create(Message(room="r0", author="r0s0", content=f"Message {n}") for n in range(1000))
    print(cookie_of(User.objects.create_user("reader")))


if __name__ == "__main__":
    main()
