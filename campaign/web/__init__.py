"""Check requests, cache pages as bytes, and add what every page and every answer carries."""
