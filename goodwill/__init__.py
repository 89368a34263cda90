"""Thanks and reputation: an append-only ledger of points, votes on what helped, and what people have shown to know.

Nouns: Account (its balance is what one has to give), Transaction, Entry, Reason (why points may be given); HelpfulVote,
Votable (what can be voted on); UserExpertise, Evidence. Stands on accounts, flags, realtime and notifications; the apps
above declare the reasons and the votables.
"""
