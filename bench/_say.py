"""What a benchmark says while it runs: on stderr, so that the table stays clean."""

import sys


def say(line: str) -> None:
    """A line of progress."""
    print(line, file=sys.stderr)
