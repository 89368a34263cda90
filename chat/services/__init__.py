"""The verbs of Course Chat, one module a noun: messages, questions, thanks, participants."""
