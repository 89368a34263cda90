from django import forms
from django.http import HttpRequest

from peerloop.core.accounts.models import User, time_zones, validate_name


class SignUpForm(forms.Form):
    """What sign-up asks besides allauth's own fields; `time_zone` is filled by static/js/time-zone.js, if at all."""

    name = forms.CharField(
        max_length=80,
        label="Your name",
        validators=[validate_name],
        help_text="Shown beside everything you write.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-time-zone": ""}))
    field_order = ("name", "username", "email", "password1", "time_zone")

    def clean_time_zone(self) -> str:
        """Nobody typed it, so nobody is bothered with it: what is no time zone becomes UTC."""
        name = self.cleaned_data["time_zone"]
        return name if name in time_zones() else "UTC"

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name, user.time_zone = self.cleaned_data["name"], self.cleaned_data["time_zone"]
        user.save(update_fields=["name", "time_zone"])
