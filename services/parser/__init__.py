"""Turns a fetched page into a normalized article, or says why it is none."""
