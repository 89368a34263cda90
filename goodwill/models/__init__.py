"""Every table of goodwill, by noun."""

from .expertise import Evidence, UserExpertise
from .ledger import STARTING_BALANCE, Account, Entry, Transaction
from .votes import HelpfulVote

__all__ = ["STARTING_BALANCE", "Account", "Entry", "Evidence", "HelpfulVote", "Transaction", "UserExpertise"]
