"""Help by a person now: summons, paid sessions, requests, support. Its place in the house; its tables come with its issue."""
