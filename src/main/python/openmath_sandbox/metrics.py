"""What Prometheus is told; never anything per session, never any text of a block."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from openmath_sandbox.block import Run
from openmath_sandbox.session_process import SessionProcess

_FAST = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)
_BYTES = (0, 10, 100, 1_000, 10_000, 100_000, 1e6, 1e7, 1e8)


class Metrics:
    """The executor's metrics, in a registry of their own."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        prefix = "openmath_sandbox_"
        self.executions = Counter(f"{prefix}executions", "Blocks by result class", ["result"], registry=registry)
        self.refused = Counter(f"{prefix}refused", "Requests refused for lack of room or time", ["reason"], registry=registry)
        self.sessions_opened = Counter(f"{prefix}sessions_opened", "Sessions opened", registry=registry)
        self.sessions_lost = Counter(f"{prefix}sessions_lost", "Sessions lost by the executor's own fault", registry=registry)
        self.zygote_restarts = Counter(f"{prefix}zygote_restarts", "Zygotes that died", registry=registry)
        self.forged = Counter(f"{prefix}forged_bytes", "Bytes on control sockets that were no report", registry=registry)
        self.late = Counter(f"{prefix}late_output_bytes", "Output that came while no block ran", registry=registry)
        self.truncated = Counter(f"{prefix}truncated_outputs", "Blocks whose output was cut", registry=registry)
        self.contended = Counter(f"{prefix}contended_executions", "Blocks that lost more than 5 % of their limit to others", registry=registry)
        self.swept = Counter(f"{prefix}swept_processes", "Processes left behind by blocks and killed", registry=registry)
        self.unkillable = Counter(f"{prefix}unkillable_sessions", "Sessions whose processes survived SIGKILL", registry=registry)
        self.verdicts = Counter(f"{prefix}verdicts", "Compared answers", ["grader", "result"], registry=registry)
        self.queue_seconds = Histogram(f"{prefix}queue_seconds", "Wait for a slot", buckets=_FAST, registry=registry)
        self.wall_seconds = Histogram(f"{prefix}execution_seconds", "Wall time of blocks", buckets=_FAST, registry=registry)
        self.cpu_seconds = Histogram(f"{prefix}execution_cpu_seconds", "CPU time of blocks", buckets=_FAST, registry=registry)
        self.kill_seconds = Histogram(f"{prefix}kill_seconds", "From the kill to the last process reaped", buckets=_FAST, registry=registry)
        self.output_bytes = Histogram(f"{prefix}output_bytes", "Bytes that blocks wrote", buckets=_BYTES, registry=registry)
        self.sessions = Gauge(f"{prefix}sessions", "Sessions by state", ["state"], registry=registry)
        self.slots = Gauge(f"{prefix}slots", "Blocks that may run at once", registry=registry)
        self.zygote_bytes = Gauge(f"{prefix}zygote_resident_bytes", "Memory of the frozen zygote", registry=registry)
        self.forks = Gauge(f"{prefix}forked_sessions", "Session processes forked by the present zygote", registry=registry)
        self.tainted = Gauge(f"{prefix}tainted", "1 if a zygote died: the pod should be replaced", registry=registry)

    def observe(self, result_class: str, run: Run, queued: float, process: SessionProcess) -> None:
        """Counts one finished block."""
        self.executions.labels(result=result_class).inc()
        self.queue_seconds.observe(queued)
        self.wall_seconds.observe(run.wall_seconds)
        self.cpu_seconds.observe(run.cpu_seconds)
        self.output_bytes.observe(process.stdout.total_bytes + process.stderr.total_bytes)
        if process.stdout.overflowed or process.stderr.overflowed:
            self.truncated.inc()
        if run.wall_seconds > 0.1 and run.stolen_seconds > 0.05 * run.wall_seconds:
            self.contended.inc()
        for capture in (process.stdout, process.stderr):
            self.late.inc(capture.dropped_late)
            capture.dropped_late = 0
        self.forged.inc(process.reports.forged_bytes)
        process.reports.forged_bytes = 0

    def text(self) -> bytes:
        return generate_latest(self.registry)
