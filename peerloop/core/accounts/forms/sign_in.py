"""allauth's forms in our words."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

LENGTH_HELP = "8 characters or more. A sentence works well."


class PlainPasswordHelp(forms.Form):
    """One sentence instead of the list of every rule; the rule that is broken speaks when it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = LENGTH_HELP


class LoginForm(allauth.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Email or user name"
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")


class SignupForm(PlainPasswordHelp, allauth.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].help_text = "Small letters and digits. Others mention you as @name."
        self.fields["username"].widget.attrs.update(autocapitalize="none", spellcheck="false")


class ChangePasswordForm(PlainPasswordHelp, allauth.ChangePasswordForm):
    pass


class SetPasswordForm(PlainPasswordHelp, allauth.SetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainPasswordHelp, allauth.ResetPasswordKeyForm):
    pass
