"""What processes hold in memory."""

import psutil

MIB = 1024 * 1024


def rss_mib(pid: int) -> float:
    """Resident memory of a process and its children, in MiB; 0 for one that has ended."""
    try:
        process = psutil.Process(pid)
        return sum(one.memory_info().rss for one in (process, *process.children(recursive=True))) / MIB
    except psutil.NoSuchProcess:
        return 0.0
