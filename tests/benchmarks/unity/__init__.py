"""Tests of the Unity core's benchmark."""
