"""Entry of the zygote: ``python -m openmath_sandbox.child DESCRIPTOR`` with the supervisor's end on that descriptor."""

import socket
import sys

from openmath_sandbox.child.zygote import Zygote

if __name__ == "__main__":
    Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
