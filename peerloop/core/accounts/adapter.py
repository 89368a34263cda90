"""Where allauth's flows meet our accounts."""

from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from qrcode.image.svg import SvgPathFillImage

from .tasks import mail_message

SENTENCES = {
    "account_inactive": "This account is closed.",
    "email_password_mismatch": "That email and password do not match. Check both, or reset your password.",
    "username_password_mismatch": "That user name and password do not match. Check both, or reset your password.",
    "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
    "enter_current_password": "That is not your current password.",
    "incorrect_password": "That is not your password.",
    "incorrect_code": "That code is not right, or it has expired. Enter the newest one.",
    "username_taken": "Somebody else already has that user name. Choose another.",
    "rate_limited": "That was too fast. Wait a moment, then try again.",
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {**DefaultAccountAdapter.error_messages, **SENTENCES}

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return (
            settings.HELPER_REDIRECT_URL if getattr(request.user, "is_helper", False) else settings.LOGIN_REDIRECT_URL
        )

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Capitals are typed by habit; names are small."""
        return super().clean_username(username.lower(), shallow)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """The address we write to stays until another one is confirmed in its place."""
        return not email_address.primary and super().can_delete_email(email_address)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By the worker: a slow mail server must not hold the page."""
        message = self.render_mail(template_prefix, email, {**context, "email": email, "request": self.request})
        parts = (message.subject, message.body, message.from_email, message.to)
        transaction.on_commit(lambda: _mail(*parts))


def _mail(*parts: Any) -> None:
    """No sweep would find this mail again, so while there is no way to the worker it is sent at once."""
    if mail_message.delay(*parts) is None:
        mail_message(*parts)


class SocialAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, **narrowed: Any) -> list[SocialApp]:
        """Providers come from the settings; without any, no page asks the database for them."""
        return super().list_apps(request, **narrowed) if settings.SOCIALACCOUNT_PROVIDERS else []


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": SENTENCES["incorrect_code"]}

    def build_totp_svg(self, url: str) -> str:
        """On a white ground, so that a camera can read it off a dark page too."""
        return qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode")
