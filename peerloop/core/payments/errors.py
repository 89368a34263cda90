"""What can be refused where money is concerned."""

from peerloop.core.errors import Conflict, Invalid, NotAllowed, NotThere, Refusal


class PaymentsOff(Refusal):
    status = 503
    text = "Payments are not set up on this site yet. Ask without payment, or try again later."


class NoSuchPayment(NotThere):
    text = "That payment is not here, or not yours to see."


class NotYourPayment(NotAllowed):
    text = "Only the person who pays can do that."


class NotForStaff(NotAllowed):
    text = "Only staff can refund money."


class OutOfBounds(Invalid):
    text = "Choose an amount from {least} to {most}."


class OtherAmount(Conflict):
    text = "This was already to be paid with {amount}. Pay that, or withdraw it first."


class CardDeclined(Refusal):
    status = 402
    text = "{why} Nothing was taken. Try another card."


class ProviderSilent(Refusal):
    status = 503
    text = "The payment service does not answer. Nothing is lost: we go on by ourselves, look again in a minute."


class NotPayable(Conflict):
    text = "This payment is over. Start anew if you still want to pay."


class NotHeld(Conflict):
    text = "There is no money on hold that could be taken."


class HoldOver(Conflict):
    text = "The card's hold has ended, so nothing was taken. The payer has to pay again."


class BeingCaptured(Conflict):
    text = "The money is being taken at this moment. Refund it once it is."


class AlreadyCaptured(Conflict):
    text = "The money has been taken already. Refund it instead."


class NothingToRefund(Conflict):
    text = "Nothing was taken, so there is nothing to refund."


class RefundTooLarge(Conflict):
    text = "At most {most} can still be refunded."


class RefundRefused(Conflict):
    text = "The payment service refused the refund: {why}"


class NoSuchPayout(NotThere):
    text = "That is not here, or not yours to see."


class NothingToSend(Conflict):
    text = "Only a payout that could not be sent is tried again. Look at its state."


class OnlyStaffSends(NotAllowed):
    text = "Only staff can have a payout tried again."


class PayoutsOff(NotThere):
    text = "This site does not pay out at the moment."


class PayoutsRefused(Conflict):
    text = "The payment service opens no account for you yet: {why} Tell the staff, and nothing you earn is lost."


class NotOurWebhook(Invalid):
    text = "This message is not signed by the payment service."
