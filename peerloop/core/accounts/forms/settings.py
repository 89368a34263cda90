from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError

from peerloop.core.accounts.models import USERNAME_RULES, User, time_zones, validate_name

BIO_LENGTH = 500
THEMES = (("light", "Light"), ("dark", "Dark"), ("", "Same as my device"))
Choices = list[tuple[str, list[tuple[str, str]]]]


def time_zone_choices(current: str) -> Choices:
    """Zones by continent, as in "Europe: Lisbon"; odd names of old systems are left out unless `current` is one."""
    groups: dict[str, list[tuple[str, str]]] = {"Everywhere": [("UTC", "UTC")]}
    if current != "UTC" and "/" not in current:
        groups["Everywhere"].append((current, current))
    for name in sorted(time_zones()):
        continent, _, place = name.partition("/")
        if place and (continent not in {"Etc", "SystemV", "US"} or name == current):
            groups.setdefault(continent, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return list(groups.items())


class ProfileForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        validators=[validate_name],
        help_text="Shown beside everything you write.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        max_length=30,
        label="User name",
        help_text="Small letters, digits, dots, dashes and underscores. Others mention you as @name.",
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    bio = forms.CharField(
        max_length=BIO_LENGTH,
        required=False,
        label="About you",
        help_text="What you work on, what you can help with. Up to 500 characters.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    time_zone = forms.ChoiceField(help_text="Times on every page are shown in it.")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={name: getattr(user, name) for name in self.base_fields})
        time_zone = self.fields["time_zone"]
        assert isinstance(time_zone, forms.ChoiceField)
        time_zone.choices = time_zone_choices(user.time_zone)
        self.user = user

    def clean_username(self) -> str:
        username = self.cleaned_data["username"].lower()
        if username != self.user.username:
            for rule in USERNAME_RULES:
                rule(username)
        return username


class AvatarForm(forms.Form):
    # Checked by content in clean_image, which also answers what is no picture; so no ImageField, which would decode it.
    picture = forms.FileField(
        label="Picture",
        help_text="JPEG, PNG, WebP or HEIC, up to 5 MB. It is made square without cutting anything off.",
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )


class AppearanceForm(forms.Form):
    theme = forms.ChoiceField(choices=THEMES, required=False, widget=forms.RadioSelect)


class DeletionForm(forms.Form):
    """Asks for the password; who signs in only through another site types the user name instead."""

    password = forms.CharField(
        strip=False, label="Your password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    username = forms.CharField(label="Type your user name to confirm")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        del self.fields["username" if user.has_usable_password() else "password"]

    def clean_password(self) -> str:
        # allauth's check counts wrong tries, so that an open browser is no place to guess passwords.
        if not get_adapter().reauthenticate(self.user, self.cleaned_data["password"]):
            raise get_adapter().validation_error("incorrect_password")
        return self.cleaned_data["password"]

    def clean_username(self) -> str:
        if self.cleaned_data["username"] != self.user.username:
            raise ValidationError("That is not your user name.")
        return self.cleaned_data["username"]
