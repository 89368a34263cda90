"""Reads of requests, by how they are helped."""
