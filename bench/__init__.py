"""Benchmarks: `./warta bench NAME [--json FILE]`. Speeds are ratios against a peer, alternating in one run."""
