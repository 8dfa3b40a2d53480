"""What is left behind after many sessions, and how much output costs."""

import time
from concurrent.futures import ThreadPoolExecutor

from executor import Clients, Executor, Footprint
from table import Row

_CANARY = """
import os, random, sys, numpy as np, sympy
x = sympy.Symbol('x')
print(sympy.solve(x**2 - 3*x + 2), random.random(), np.random.rand(), sorted(os.listdir('.')), len(sys.modules), os.environ.get('LEFT'))
[x**2, {'a': (1, 2)}]
"""
_ORDINARY = (
    "from sympy import symbols, solve\nx = symbols('x')\nprint(solve(x**2 - 5*x + 6, x))",
    "print(sum(k for k in range(1000) if k % 3 == 0))",
    "1/0",
    "import numpy as np\nprint(np.linalg.det(np.array([[1.0, 2.0], [3.0, 4.0]])))",
    "for k in range(3) print(k)",
)
_HOSTILE = (
    "import signal\nfor n in (2, 14, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
    "x = []\nwhile True: x.append(bytearray(1 << 20))",
    "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        while True: time.sleep(0.01)\n    os._exit(0)\nprint('left')",
    "while True: print('y' * 65536)",
    "import os\nos.abort()",
    "import os\nfor n in range(100000): open(f'f{n}', 'w').write('x' * 100)",
    "import os, sys, random\nos.environ['LEFT'] = '1'\nsys.modules['numpy'] = None\nrandom.random = lambda: 4\nopen('left', 'w').write('x')",
    "import sys, os\nsys.stdout.close()\nos.close(1)",
    "import os\nos.kill(os.getpid(), 9)",
    "import os\nfor fd in range(3, 1024):\n    try: os.write(fd, b'R' * 64)\n    except OSError: pass",
    "import ctypes\nctypes.string_at(0)",
    "import threading\nwhile True: threading.Thread(target=lambda: threading.Event().wait()).start()",
    "import os\nos.mkdir('d'); os.chmod('d', 0)\nos._exit(0)",
)
_GROWTH = 2 << 20


def soak(executor: Executor, count: int, threads: int) -> Row:
    """Sessions of which one in twenty is hostile; a canary after each hostile one and at both ends."""
    clients = Clients(executor)
    classes: dict[str, int] = {}

    def canary() -> str:
        return clients.mine().run_apart(_CANARY, seed="canary")["output"]

    def session(number: int) -> bool:
        hostile = number % 20 == 19
        codes = _HOSTILE if hostile else _ORDINARY
        answer = clients.mine().run_apart(codes[number // 20 % len(codes) if hostile else number % len(codes)], timeout_ms=300 if hostile else 10_000)
        classes[answer["class"]] = classes.get(answer["class"], 0) + 1
        return not hostile or canary() == expected

    expected = canary()
    empty = _at_rest(executor, None)
    begun = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        changed = 0
        snapshots = []
        # The first fifth fills what every process fills once; growth is what comes after it.
        for start, end in ((0, count // 5), (count // 5, count * 3 // 5), (count * 3 // 5, count)):
            changed += sum(not same for same in pool.map(session, range(start, end)))
            snapshots.append(_at_rest(executor, empty))
    changed += canary() != expected
    before, after = snapshots[0], snapshots[-1]
    grown = after.supervisor_bytes - before.supervisor_bytes, after.zygote_bytes - before.zygote_bytes
    more = after.descriptors - empty.descriptors, after.processes - empty.processes, after.files - empty.files
    seconds = time.monotonic() - begun
    return Row(
        f"soak, {count} sessions, 5 % hostile",
        f"canary changed {changed} times; supervisor {grown[0] / 2**20:+.1f} MB, zygotes {grown[1] / 2**20:+.1f} MB, "
        f"descriptors {more[0]:+d}, processes {more[1]:+d}, files {more[2]:+d}",
        "0; < 2 MB; no more",
        changed == 0 and max(grown) < _GROWTH and max(more) <= 0 and not executor.tainted(),
        f"{count / seconds:.1f} sessions/s; " + ", ".join(f"{name} {number}" for name, number in sorted(classes.items())),
    )


def _at_rest(executor: Executor, empty: Footprint | None) -> Footprint:
    """The footprint once what was killed is gone and the idle sessions are forked again; without ``empty``, once nothing changes any more."""
    deadline, last = time.monotonic() + 60, executor.footprint()
    while time.monotonic() < deadline:
        time.sleep(0.5)
        now = executor.footprint()
        held = (now.processes, now.descriptors, now.files)
        if held == (last.processes, last.descriptors, last.files) if empty is None else all(
            mine <= least for mine, least in zip(held, (empty.processes, empty.descriptors, empty.files), strict=True)
        ):
            return now
        last = now
    return last


def output(executor: Executor, largest: int) -> Row:
    """Blocks that print from one byte to the largest size; what is kept is the head, and the supervisor doesn't grow."""
    client = executor.client()
    code = "import sys\nleft = {size}\nwhile left:\n    part = ('0123456789' * 6554)[:min(left, 65540)]\n    sys.stdout.write(part)\n    left -= len(part)"
    limit = executor.announcement["capabilities"]["limits"]["maxOutputCharacters"]

    def right(size: int) -> bool:
        answer = client.run_apart(code.format(size=size), semantics="Python")
        kept = ("0123456789" * (min(size, limit) // 10 + 1))[: min(size, limit)]
        return answer["class"] == "ok" and answer["output"] == kept + ("<output cut>" if size > limit else "")

    sizes = [10**power for power in range(9) if 10**power <= largest]
    right(10**6)
    before = executor.footprint().supervisor_bytes
    wrong = [size for size in sizes if not right(size)]
    grown = executor.footprint().supervisor_bytes - before
    return Row(
        f"output of 1 B to {largest // 10**6} MB",
        f"{len(sizes) - len(wrong)} of {len(sizes)} prefixes right; supervisor {grown / 2**20:+.2f} MB",
        "all; < 2 MB",
        not wrong and grown < _GROWTH,
        f"wrong: {wrong}" if wrong else "",
    )
