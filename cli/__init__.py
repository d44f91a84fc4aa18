"""The `warta` command line: where everything is wired together."""
