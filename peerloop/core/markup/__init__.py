"""How text and small pieces become HTML: Markdown of members and of courses, the tag library of every template, icons.

Stands on nothing but Django, so that any floor may draw with it and an event may render its fragment.
"""
