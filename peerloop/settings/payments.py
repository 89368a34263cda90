"""Who moves money: Stripe with its three keys, the built-in test provider, or nobody."""

from django.core.exceptions import ImproperlyConfigured

from .env import PRODUCTION, as_given, env


def needed_with_stripe(name: str, secret_key: str) -> str:
    """`name` from the environment, which a site with Stripe's `secret_key` cannot do without."""
    given = as_given(name)
    if secret_key and not given:
        raise ImproperlyConfigured(f"STRIPE_SECRET_KEY is set and {name} is not; see docs/operating.md.")
    return given


def is_test_key(secret_key: str) -> bool:
    """Whether the key is one of Stripe's test mode, where cards are invented too."""
    return secret_key.startswith(("sk_test_", "rk_test_"))


def share(name: str) -> int:
    """`name` from the environment: whole per cent, 0 unless it is set."""
    given = env.int(name, 0)
    if not 0 <= given <= 100:
        raise ImproperlyConfigured(f"{name} is {given}; it must be from 0 to 100.")
    return int(given)


STRIPE_SECRET_KEY = as_given("STRIPE_SECRET_KEY")
STRIPE_PUBLISHABLE_KEY = needed_with_stripe("STRIPE_PUBLISHABLE_KEY", STRIPE_SECRET_KEY)
STRIPE_WEBHOOK_SECRET = needed_with_stripe("STRIPE_WEBHOOK_SECRET", STRIPE_SECRET_KEY)

# Of the second webhook, which Stripe needs for payees' accounts. Without one, accounts are looked at now and then.
STRIPE_CONNECT_WEBHOOK_SECRET = as_given("STRIPE_CONNECT_WEBHOOK_SECRET")

# Without a key, cards are invented and no money moves. A site that people pay on must not do that unasked.
TEST_PAYMENTS = not STRIPE_SECRET_KEY and env.bool("TEST_PAYMENTS", not PRODUCTION)
# Said on every page that asks for a card. Stripe's own test mode is one too.
PAYMENTS_ARE_TESTS = TEST_PAYMENTS or is_test_key(STRIPE_SECRET_KEY)

# What a payee gets of a payment, in per cent of what was taken. 0: payouts are off, and nothing of them is shown.
PAYOUT_PERCENT = share("PEERLOOP_PAYOUT_PERCENT") if STRIPE_SECRET_KEY or TEST_PAYMENTS else 0

# What Stripe's card form needs of the security policy, as Stripe's own documents name it.
STRIPE_SCRIPTS = ["https://js.stripe.com", "https://*.js.stripe.com"] if STRIPE_SECRET_KEY else []
STRIPE_FRAMES = [*STRIPE_SCRIPTS, "https://hooks.stripe.com"] if STRIPE_SECRET_KEY else []
STRIPE_CALLS = ["https://api.stripe.com"] if STRIPE_SECRET_KEY else []
# Where the button that sets up payouts leads on to.
STRIPE_FORM_TARGETS = ["https://connect.stripe.com"] if STRIPE_SECRET_KEY and PAYOUT_PERCENT else []
