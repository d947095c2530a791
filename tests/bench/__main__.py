"""Measures the site beside the yardsticks on the same machine: `make bench`, and `make bench LONG=1` up to a million."""

from tests.bench.run import main

main()
