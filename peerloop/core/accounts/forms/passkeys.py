"""allauth's passkey forms, kept from falling over what no browser would send."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth
from django import forms


def refusing_nonsense(parse: Callable[[], Any]) -> Any:
    """Answers a mangled credential with a sentence: the parsers below meet it with whatever error comes first."""
    try:
        return parse()
    except (AttributeError, KeyError, TypeError, ValueError):
        raise get_adapter().validation_error("incorrect_code") from None


class AddPasskeyForm(allauth.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passwordless: forms.Field = self.fields["passwordless"]
        passwordless.label = "Sign in with it alone, without my password"
        passwordless.help_text = "Your device then asks for your fingerprint, face or PIN."

    def clean(self) -> dict[str, Any]:
        return refusing_nonsense(super().clean)


class LoginPasskeyForm(allauth.LoginWebAuthnForm):
    def clean_credential(self) -> Any:
        return refusing_nonsense(super().clean_credential)


class SecondStepPasskeyForm(allauth.AuthenticateWebAuthnForm):
    def clean_credential(self) -> Any:
        return refusing_nonsense(super().clean_credential)
