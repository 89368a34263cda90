"""Points that thank a helper: an append-only ledger of double entries.

Nouns: balance, award, Transaction, Entry. Stands on accounts.
"""
