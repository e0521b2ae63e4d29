"""Calibrate what a file names and print the peak memory in bytes: `python -m benchmarks.calibrated FILE`."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from simcap.calibration.calibrate import calibrate, write

if __name__ == "__main__":
    file = Path(sys.argv[1])
    write(calibrate(file), file.parent)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
