"""The one base of every table: a time-ordered UUID as key, and when the row was made."""
