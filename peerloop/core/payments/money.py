"""Amounts are whole minor units and a currency, never a float; people read them with a sign."""

from decimal import Decimal

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
# Their smallest unit is the whole one (Stripe: "Zero-decimal currencies").
WHOLE = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}


def in_words(amount: int, currency: str) -> str:
    """2000, "usd" is "$20.00"; a currency without a sign of its own is named: "20.00 CHF"."""
    number = f"{amount:,}" if currency in WHOLE else f"{amount // 100:,}.{amount % 100:02}"
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{number} {currency.upper()}"


def in_units(amount: int, currency: str) -> Decimal:
    """2000, "usd" is 20.00, for a form."""
    return Decimal(amount) if currency in WHOLE else Decimal(amount).scaleb(-2)


def minor(units: Decimal, currency: str) -> int:
    """What somebody typed, in minor units: 20.5 dollars are 2050."""
    return int(units if currency in WHOLE else units.scaleb(2))
