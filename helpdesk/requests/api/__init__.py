"""The JSON door of requests, by how they are helped."""
