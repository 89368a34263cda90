"""What `make run` starts: the embedded Valkey, web, worker and beat of one checkout, kept alive under one parent.

Pure standard library, and outside the floors: it imports nothing of the site and the site imports nothing of it,
except `embedded`, where settings and tests learn the address of the embedded Valkey. Read `__main__`, then
`supervisor`, then `children`.
"""
