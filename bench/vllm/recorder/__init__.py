"""Asks real engines and writes down what they answer, as fixtures of the worker's tests."""
