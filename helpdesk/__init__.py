"""Help by a person now: summons, paid sessions, requests, support. Its tables come with its issue."""
