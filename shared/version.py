"""The code's version, for logs, user agents and dead letters."""

VERSION = "0.1.0"
