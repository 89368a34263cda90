"""The built-in test provider: answers the Stripe library as Stripe documents it, without a network and without money.

It stands where the library would call out (`client.Double`), so that everything above it is the real thing. It keeps
its state in the database, because web and worker are two processes.
"""
