"""A believable community to look at: people, courses, talk. The texts are data; `seeding` brings them in."""
