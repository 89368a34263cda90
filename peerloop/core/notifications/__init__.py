"""Telling one person that something awaits: in the bell, on the page, by mail, on a locked phone.

Nouns: Kind (declared), Notification, feed (the newest unread ones), Preference. Stands on accounts, realtime and push.
"""
