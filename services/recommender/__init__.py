"""Computes "Rekomendasi Artikel" from topic and time similarity."""
