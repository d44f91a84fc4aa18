"""Tests of one seam on the real servers."""

from tests.support.fixtures import cluster

__all__ = ["cluster"]
