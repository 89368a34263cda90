from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.models import Course
from courses.services import certify, withdraw_certification
from peerloop.core.accounts.models import User
from peerloop.core.accounts.services import system
from peerloop.core.errors import Refusal


class Command(BaseCommand):
    help = "Makes USERNAME a Student-Teacher of the course COURSE_SLUG. Repeating it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument("slug", metavar="COURSE_SLUG")
        parser.add_argument("--withdraw", action="store_true", help="end the certification instead")

    def handle(self, *, username: str, slug: str, withdraw: bool, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        course = Course.objects.filter(slug=slug).first()
        if not user:
            raise CommandError(f"Nobody has the user name {username}.")
        if not course:
            known = ", ".join(Course.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no course {slug}. There are: {known}.")
        verb = withdraw_certification if withdraw else certify
        try:
            verb(user=user, course=course, by=system())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"{user} is {'no longer a' if withdraw else 'a'} Student-Teacher of {course}.")
