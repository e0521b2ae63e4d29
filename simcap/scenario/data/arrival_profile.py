"""The profile of a queue's arrivals: the numbers of a file, of a name, or as they are written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simcap.scenario.data.data_files import DataFiles
from simcap.scenario.schema.arrivals import Arrivals
from simcap.scenario.schema.profiles import HOURS, PROFILES
from simcap.scenario.schema.quantities import is_table


def profile_of(arrivals: Arrivals, files: DataFiles) -> NDArray[np.float64]:
    """Return the 168 relative rates of a queue's arrivals, of mean 1; 24 numbers are repeated for each day.

    Raises `DataError` for a file that holds no profile.
    """
    profile = arrivals.profile
    if isinstance(profile, str):
        profile = files.profile(profile) if is_table(profile) else PROFILES[profile]
    rates = np.asarray(profile, dtype=np.float64)
    week = np.tile(rates / rates.max(), HOURS // rates.size)
    normalised: NDArray[np.float64] = week / week.mean()
    return normalised
