"""allauth's forms in our words."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "New password again"}
LENGTH_HELP = "8 characters or more. A sentence works well."


class Plain(forms.Form):
    """Labels stand above the fields, so placeholders only repeat them; one sentence replaces the list of every rule."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
        if "password1" in self.fields:
            self.fields["password1"].help_text = LENGTH_HELP


class LoginForm(Plain, allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email or user name"
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")


class SignupForm(Plain, allauth.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Password"
        self.fields["username"].label = "User name"
        self.fields["username"].help_text = "Small letters and digits. Others mention you as @name."
        self.fields["username"].widget.attrs.update(autocapitalize="none", spellcheck="false")


class ChangePasswordForm(Plain, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, allauth.SetPasswordForm):
    pass


class ResetPasswordKeyForm(Plain, allauth.ResetPasswordKeyForm):
    pass


class ResetPasswordForm(Plain, allauth.ResetPasswordForm):
    pass


class AddEmailForm(Plain, allauth.AddEmailForm):
    pass


class ReauthenticateForm(Plain, allauth.ReauthenticateForm):
    pass
