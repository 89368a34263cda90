"""Help by a person now: summons today; paid sessions, requests and support come with their issues.

One app with feature folders: `summons` stands on `sessions`. Nouns: HelpSummons, HelpSession, SessionMessage.
"""
