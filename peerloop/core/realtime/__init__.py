"""Telling open pages and programs what just happened.

Nouns: Event (declared, typed), group (who may hear it), Hub (delivers in one process), Member (one socket).
The socket is a hint; the database is the truth.
"""
