"""Check and limit requests, cache pages, and add what every page and every response has."""
