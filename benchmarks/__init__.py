"""Repeatable measurements; what they printed, and on which machine, stands in docs/."""
