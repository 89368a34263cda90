"""The HTTP and WebSocket doors: hosts, middleware, templates, content security."""

from csp.constants import NONCE, NONE, SELF

from .accounts import SOCIAL_FORM_TARGETS
from .calls import VIDEO_ROOM_TARGETS
from .env import BASE_DIR, DEVELOPMENT, PRODUCTION, TEST, env, required_in_production, secret_key
from .payments import STRIPE_CALLS, STRIPE_FORM_TARGETS, STRIPE_FRAMES, STRIPE_SCRIPTS

SECRET_KEY = secret_key()
DEBUG = DEVELOPMENT and env.bool("DEBUG", False)
# Never "*": that would switch the WebSocket origin check off.
ALLOWED_HOSTS = required_in_production("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where the links in mails lead to.
_site = f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{env.int('PORT', 8000)}"
SITE_URL = env.str("SITE_URL", _site).rstrip("/")

ROOT_URLCONF = "peerloop.urls"
ASGI_APPLICATION = "peerloop.asgi.application"
APPEND_SLASH = False

MIDDLEWARE = [
    "peerloop.operations.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "peerloop.core.accounts.middleware.TimeZoneMiddleware",
    "peerloop.core.errors.middleware.RefusalMiddleware",
]
WHITENOISE_USE_FINDERS = not PRODUCTION
# A style sheet that is being written is served as it is now, not with the length it had at the start; and no client
# of a test reads the whole folder first.
WHITENOISE_AUTOREFRESH = not PRODUCTION

LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "peerloop.core.markup.templatetags.peerloop",
                "peerloop.core.slots.templatetags.slots",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    LOADERS if DEBUG else [("django.template.loaders.cached.Loader", LOADERS)],
                )
            ],
        },
    }
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, *STRIPE_SCRIPTS],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF, *STRIPE_CALLS],
        "frame-src": [SELF, *STRIPE_FRAMES],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *SOCIAL_FORM_TARGETS, *VIDEO_ROOM_TARGETS, *STRIPE_FORM_TARGETS],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION and env.bool("HTTPS", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# A screenshot of 5 MB and its form fit; anything larger is refused before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

if TEST:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
