"""The verbs of payments, by subject. None of those that speak to the provider may be called inside a transaction."""
