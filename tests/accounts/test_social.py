"""Signing in through another site is a matter of configuration; without it nothing of it shows."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

LOOK = """
import django
django.setup()
from django.conf import settings
from django.urls import reverse
print(reverse("github_login"), settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"][1:])
"""


def configured(tmp_path, **environment: str) -> subprocess.CompletedProcess:
    """What a process of its own says, started with this environment."""
    fixed = {"DJANGO_SETTINGS_MODULE": "peerloop.settings", "PEERLOOP_MODE": "test", "PEERLOOP_VAR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", LOOK],
        env={**os.environ, **fixed, **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_provider_and_its_keys_are_all_it_takes(tmp_path):
    said = configured(tmp_path, SOCIAL_PROVIDERS="github", GITHUB_CLIENT_ID="id", GITHUB_CLIENT_SECRET="secret")
    assert said.stdout.strip() == "/accounts/github/login/ ['https:']"


def test_a_provider_without_its_key_stops_the_start_with_the_name_of_what_is_missing(tmp_path):
    said = configured(tmp_path, SOCIAL_PROVIDERS="github", GITHUB_CLIENT_SECRET="secret")
    assert (said.returncode, "GITHUB_CLIENT_ID" in said.stderr) == (1, True)


def test_without_a_provider_nothing_shows_and_forms_stay_here(client, db):
    page = client.get(reverse("account_login"))
    assert "Continue with" not in page.content.decode()
    assert "form-action 'self';" in page["Content-Security-Policy"] + ";"
    with pytest.raises(NoReverseMatch):
        reverse("github_login")
