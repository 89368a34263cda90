"""Points that thank a helper: an append-only ledger of double entries.

Nouns: Account (its balance is what one has to give), Transaction, Entry, Reason (why points may be given). Stands on
accounts, flags, realtime and notifications; the apps above declare the reasons.
"""
