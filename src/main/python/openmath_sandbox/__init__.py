"""Runs the code blocks that a language model writes: one forked, isolated session per sample.

The package has two halves that never share a process: the supervisor (this package; an event loop that runs no foreign code) and
``openmath_sandbox.child`` (the zygote and what is forked from it).
"""

__version__ = "0.1.0"
