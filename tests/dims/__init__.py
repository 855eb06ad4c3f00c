"""Tests of the symbolic integers."""
