"""Tests that hold fakes and files to the real servers."""

from tests.support.fixtures import cluster

__all__ = ["cluster"]
