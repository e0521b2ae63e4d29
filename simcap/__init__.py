"""Simulate the workforce capacity of moderation operations that are run by outside partners."""
