"""What keeps the site observable: is the process up, is everything it needs there, which log lines belong together.

Outside the floors: it knows nothing of the product, and nothing of the product imports it.
"""
