"""Signing in: django-allauth, its pages and its headless flow for programs."""

from .env import PRODUCTION, TEST, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "peerloop.core.accounts.backends.PasswordBackend",
    "peerloop.core.accounts.backends.SignInBackend",
]
LOGIN_URL = "account_login"
# Addresses, not names: the pages they lead to live on the top floor.
LOGIN_REDIRECT_URL = "/dashboard"
HELPER_REDIRECT_URL = "/helper/dashboard"
LOGOUT_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

ACCOUNT_ADAPTER = "peerloop.core.accounts.adapter.AccountAdapter"
_OWN_FORMS = {
    "login": "LoginForm",
    "signup": "SignupForm",
    "add_email": "AddEmailForm",
    "change_password": "ChangePasswordForm",
    "set_password": "SetPasswordForm",
    "reset_password": "ResetPasswordForm",
    "reset_password_from_key": "ResetPasswordKeyForm",
    "reauthenticate": "ReauthenticateForm",
}
ACCOUNT_FORMS = {purpose: f"peerloop.core.accounts.forms.sign_in.{form}" for purpose, form in _OWN_FORMS.items()}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "peerloop.core.accounts.forms.sign_up.SignUpForm"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_USERNAME_VALIDATORS = "peerloop.core.accounts.models.USERNAME_RULES"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# One address at a time: a new one takes the old one's place when it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
if TEST:
    ACCOUNT_RATE_LIMITS = False

MFA_ADAPTER = "peerloop.core.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "add_webauthn": "peerloop.core.accounts.forms.passkeys.AddPasskeyForm",
    "authenticate_webauthn": "peerloop.core.accounts.forms.passkeys.SecondStepPasskeyForm",
    "login_webauthn": "peerloop.core.accounts.forms.passkeys.LoginPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "PeerLoop"
# Passkeys need HTTPS, except on localhost, where browsers trust plain HTTP.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False
HEADLESS_CLIENTS = ("app",)

# Social sign-in appears as soon as a provider is configured: SOCIAL_PROVIDERS=github,google and their keys.
_providers = env.list("SOCIAL_PROVIDERS", default=[])
SOCIAL_APPS = [f"allauth.socialaccount.providers.{name}" for name in _providers]
# Browsers hold the redirect that follows a form to the same rule as the form: the provider must be allowed.
SOCIAL_FORM_TARGETS = ["https:"] if _providers else []
# The person chooses a user name; a provider's word on it could be anybody's.
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ADAPTER = "peerloop.core.accounts.adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {
    name: {
        "APP": {
            "client_id": env.str(f"{name.upper()}_CLIENT_ID"),
            "secret": env.str(f"{name.upper()}_CLIENT_SECRET"),
        }
    }
    for name in _providers
}

_email = env.email_url_config(env.str("EMAIL_URL", "memorymail://" if TEST else "consolemail://"))
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _email.get("EMAIL_HOST", "localhost"), _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_USER", ""), _email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "PeerLoop <hello@peerloop.example>")
