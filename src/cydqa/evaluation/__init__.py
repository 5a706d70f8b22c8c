"""Judged questions -> how good the answers are, by the field's own measures."""
