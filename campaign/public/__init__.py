"""Serve the pages that people read, the numbers for machines, and copies of all pages."""
