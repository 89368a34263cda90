"""The HTML door of requests: the paid ones, the free ones."""
