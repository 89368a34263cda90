"""Transfers out of a charge, and back: their limits and refusals, as Stripe documents them."""

from . import storage
from .answers import Data, wrong


def create(given: Data) -> Data:
    amount, account = int(given["amount"]), storage.read("account", given["destination"])
    if amount < 1:
        raise wrong("parameter_invalid_integer", "This value must be greater than or equal to 1.", param="amount")
    if account["capabilities"].get("transfers") != "active":
        raise wrong(
            "insufficient_capabilities_for_transfer",
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments",
        )
    if "source_transaction" not in given:  # the test provider's site has no balance of its own
        raise wrong("balance_insufficient", "You have insufficient available funds in your Stripe account.")
    charge = storage.read("charge", given["source_transaction"])
    if amount > _left(charge):
        raise wrong(
            "", f"Transfers using this transaction as a source must not exceed what is left of it: {_left(charge)}"
        )
    transfer = storage.new(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        currency=given["currency"],
        destination=account["id"],
        metadata=given.get("metadata", {}),
        reversed=False,
        source_transaction=charge["id"],
        transfer_group=given.get("transfer_group"),
    )
    storage.happened("transfer.created", transfer)
    return transfer


def show(name: str) -> Data:
    return storage.read("transfer", name)


def reverse(name: str, given: Data) -> Data:
    transfer = show(name)
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = int(given.get("amount") or left)
    if amount > left:
        raise wrong("amount_too_large", f"Reversal amount ({amount}) is greater than unreversed amount ({left})")
    transfer |= {"amount_reversed": transfer["amount_reversed"] + amount, "reversed": amount == left}
    storage.keep(transfer)
    about = {"transfer": name, "currency": transfer["currency"], "metadata": given.get("metadata", {})}
    made = storage.new("transfer_reversal", "trr", amount=amount, **about)
    storage.happened("transfer.reversed", transfer)
    return made


def _left(charge: Data) -> int:
    sent = storage.everything("transfer", source_transaction=charge["id"])
    return int(charge["amount_captured"]) - sum(each["amount"] for each in sent)
