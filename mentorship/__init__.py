"""Mentors and those they guide over weeks. Its place in the house; its tables come with its issue."""
