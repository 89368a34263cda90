"""Shape, labels and help of what people type about themselves. The sign-up form must not import allauth's forms:
they import it."""
