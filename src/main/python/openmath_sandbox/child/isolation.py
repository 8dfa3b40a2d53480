"""What stands between a session and everything else: namespaces, mounts, limits, Landlock and the system call filter."""

import os
import resource
import sys

import msgspec

from openmath_sandbox.child import landlock, linux, seccomp

INNER_ID = 1000
"""The user and group that a session believes to be, inside its user namespace."""
FILE_LIMIT = 256

_LIBRARIES = [
    "/usr", "/lib", "/lib64", "/bin", "/sbin", "/opt", "/proc", "/sys/devices/system/cpu",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone", "/etc/passwd", "/etc/group",
    "/etc/nsswitch.conf", "/etc/mime.types", "/etc/os-release", "/etc/fonts", "/etc/python3", "/etc/alternatives",
]  # fmt: skip
_DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]


class Boundary(msgspec.Struct, frozen=True, rename="camel"):
    """The isolation that the zygote gives each session; which parts of it the node allows was probed before."""

    namespaces: bool
    landlock: int
    """Version of the kernel's interface; 0: not used."""
    seccomp: bool
    scratch_bytes: int
    max_processes: int
    masked: list[str] = []
    """Directories that a session must not see (token, configuration, other sessions)."""
    protected: list[int] = []
    """Processes that a session must not signal: the supervisor and the zygote."""


class Enforced(msgspec.Struct, frozen=True, rename="camel"):
    """What of it holds in one session; told by the session before it runs any block."""

    namespaces: bool
    own_proc: bool = False
    read_only_root: bool = False
    landlock: int = 0
    seccomp: bool = False


def own_prefixes() -> list[str]:
    """Directories that the interpreter and its packages are read from."""
    named = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), *(p for p in sys.path if os.path.isabs(p))}
    return sorted(named | {os.path.realpath(p) for p in named})


def _is_above(directory: str, paths: list[str]) -> bool:
    prefix = os.path.join(os.path.realpath(directory), "")
    return any(os.path.join(path, "").startswith(prefix) for path in paths)


def temporary_files_can_be_private() -> bool:
    """False if the interpreter or its packages lie below /tmp: a mount of a session's own would hide them."""
    return not _is_above("/tmp", own_prefixes())


def map_identity(user: int, group: int) -> None:
    """In a new user namespace: be one unprivileged user, mapped to the one outside."""
    linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else these files belong to root
    for name, text in (("setgroups", "deny"), ("uid_map", f"{INNER_ID} {user} 1"), ("gid_map", f"{INNER_ID} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)


def private_mounts(boundary: Boundary) -> Enforced:
    """In a new mount namespace: a read-only world with a small private /tmp, /var/tmp and /dev/shm."""
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    own_proc = read_only = True
    try:
        linux.make_tree_read_only("/")
    except OSError:
        read_only = os.statvfs("/").f_flag & os.ST_RDONLY != 0
    size = f"size={boundary.scratch_bytes},mode=0700"
    prefixes = own_prefixes()
    flags = linux.MS_NOSUID | linux.MS_NODEV
    for directory in ["/run", *boundary.masked]:
        if os.path.isdir(directory) and not _is_above(directory, prefixes) and os.path.realpath(directory) != "/tmp":
            linux.mount("tmpfs", os.path.realpath(directory), "tmpfs", flags | linux.MS_RDONLY, "size=4k,mode=0555")
    # One file system with one quota behind all places for temporary files.
    places = [p for p in ("/tmp", "/dev/shm", "/var/tmp") if os.path.isdir(p) and not _is_above(p, prefixes)]
    if places:
        base = places[-1]
        try:
            linux.mount("tmpfs", base, "tmpfs", flags, f"{size},nr_inodes={scratch_files(boundary.scratch_bytes)}")
        except OSError:
            linux.mount("tmpfs", base, "tmpfs", flags, size)  # gVisor knows no limit of files
        for number, place in enumerate(places):
            os.mkdir(f"{base}/{number}", 0o700)
            linux.mount(f"{base}/{number}", place, None, linux.MS_BIND)
    try:
        linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    except OSError:
        own_proc = False  # a container's masked /proc forbids it; the pod's processes are out of reach by their user namespace
    return Enforced(namespaces=True, own_proc=own_proc, read_only_root=read_only)


def scratch_files(scratch_bytes: int) -> int:
    """How many files a session may have in its scratch space."""
    return max(256, scratch_bytes // 16384)


def private_directory(scratch: str | None) -> str:
    """Goes into the session's own directory and calls it home."""
    home = scratch or "/tmp"
    os.chdir(home)
    os.environ.update(HOME=home, TMPDIR=home, MPLCONFIGDIR=home, XDG_CACHE_HOME=home, IPYTHONDIR=home)
    return home


def limit_resources(boundary: Boundary) -> None:
    """The limits that hold for a whole session; memory is limited when the session is opened."""
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: boundary.scratch_bytes,
        resource.RLIMIT_NOFILE: FILE_LIMIT,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if boundary.namespaces:  # elsewhere it would count the node's processes of this user
        limits[resource.RLIMIT_NPROC] = boundary.max_processes
    for name, value in limits.items():
        try:
            lower(name, value)
        except (ValueError, OSError):
            if name in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
                raise  # gVisor refuses some of the others; the supervisor's samples stand in for them


def lower(name: int, value: int) -> None:
    """Sets a limit, soft and hard, unless it is lower already."""
    _, hard = resource.getrlimit(name)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(name, (value, value))


def give_up_rights(boundary: Boundary, enforced: Enforced, home: str) -> Enforced:
    """The last step before foreign code: no capability, no new privilege, Landlock, and the filter."""
    linux.drop_capabilities()
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if boundary.landlock:
        writable = ["/tmp", "/var/tmp", "/dev/shm"] if boundary.namespaces else [home]
        landlock.restrict([*_LIBRARIES, *own_prefixes()], writable, _DEVICES)
    if boundary.seccomp:
        # In a PID namespace the others can't even be named; its init is safe from it on Linux, but not in gVisor.
        seccomp.install([1] if boundary.namespaces else [*boundary.protected, os.getppid()])
    return msgspec.structs.replace(enforced, landlock=boundary.landlock, seccomp=boundary.seccomp)
