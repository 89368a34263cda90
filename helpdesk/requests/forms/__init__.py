"""What people send to the pages of requests: the paid ones, the free ones."""
