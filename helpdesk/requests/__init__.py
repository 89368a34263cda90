"""Help requests: paid ones are dispatched to helpers and end in a live session, free ones are answered in a thread.

One entity for both: with an `amount` it is paid. Nouns: HelpRequest, Claim, HelpResponse, RequestPhoto, PhotoPin.
Stands on `sessions`, on payments, and on what goodwill knows of people's expertise.
"""
