"""The Channels tutorial's chat as a site of its own, with the least it takes to store a message and know a member."""
