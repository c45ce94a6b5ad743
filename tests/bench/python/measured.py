"""Runs a program and says what it took: measured.py STDOUT COMMAND...

The last line on standard output is JSON, from the kernel's own account of the child (wait4): wall clock, processor time,
peak of resident memory, page faults, and the bytes of the pages that it made dirty on disks.
"""

import json
import os
import sys
import time

stdout, command = sys.argv[1], sys.argv[2:]
target = (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
start = time.perf_counter()
process = os.posix_spawnp(command[0], command, os.environ, file_actions=[target])
_, status, usage = os.wait4(process, 0)
wall = time.perf_counter() - start
print(
    json.dumps(
        {
            "code": os.waitstatus_to_exitcode(status),
            "wall_ms": wall * 1000,
            "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1000,
            "peak_mb": usage.ru_maxrss * 1024 / 1e6,
            "minor_faults": usage.ru_minflt,
            "major_faults": usage.ru_majflt,
            "dirtied_bytes": usage.ru_oublock * 512,
        }
    )
)
