"""Tests of the repository's small tools."""
