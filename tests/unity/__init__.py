"""Tests of the Unity package, outside Unity."""
