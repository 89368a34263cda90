"""Who is here now, as a lease that expires by itself, and who has switched to being available.

Nouns: lease, group, Availability.
"""
