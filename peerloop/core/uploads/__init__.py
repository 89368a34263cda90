"""Files that people give us, checked by their content and served only to those who may see them.

Nouns: Upload.
"""
