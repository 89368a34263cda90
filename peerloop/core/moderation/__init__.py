"""What members report, what moderators decide, and the record of every act.

Nouns: kind (declared: what can be flagged), FlaggedItem (one case), Flag (one member's report in it), Act (one line of
the audit log, never changed). What hiding means is known by the kind's own app; muting and banning are done by
accounts. The queue and the log are in the admin.
"""
