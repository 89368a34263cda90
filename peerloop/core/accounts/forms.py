from django import forms
from django.http import HttpRequest

from .models import User


class SignUpForm(forms.Form):
    """What sign-up asks besides allauth's own fields."""

    name = forms.CharField(max_length=80, label="Your name", help_text="Shown beside everything you write.")

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
