"""Pictures that people give us, cleaned, kept, and served only to those who may see what they belong to.

Nouns: Upload (a stored picture), viewer (an upper app's answer to "may this person see it?"). An upload that was
attached to nothing is its owner's alone and is swept after a day. Stands on accounts and the bottom packages.
"""
