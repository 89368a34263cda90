"""What happened, for the operators' figures: events in a table of our own, given to no third party.

Nouns: AnalyticsEvent. One verb: track.
"""
