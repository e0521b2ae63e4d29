"""The two loops over items and steps, compiled: counting what waited, and simulating what is picked up.

They call no other kernel, so numba's own check of this file's date is enough to keep compiled code fresh.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcap.compiled import kernel

Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Whole = np.ndarray[Any, np.dtype[np.int64]]


@kernel
def expose(
    created: Floats,
    gone: Floats,
    picked: Flags,
    begin: float,
    length: float,
    ages: Floats,
    waiting: Floats,
    taken: Floats,
    left: Floats,
    open_: Floats,
) -> None:
    """Add to [step, band] what waited, was taken and left, and to [step] what was there; `steps.Waited` says how."""
    for item in range(created.size):
        step = max(int(np.floor((created[item] - begin) / length)), 0)
        band = 0
        while step < open_.size:
            start = begin + step * length
            if gone[item] < start:
                break
            while band + 1 < ages.size and ages[band + 1] <= start - created[item]:
                band += 1
            since, until = max(start, created[item]), min(start + length, gone[item])
            waiting[step, band] += max(until - since, 0.0) / length
            open_[step] += 1.0
            if gone[item] < start + length:
                if picked[item]:
                    taken[step, band] += 1.0
                else:
                    left[step, band] += 1.0
                break
            step += 1


@kernel
def pick_up(
    created: Floats,
    begin: float,
    length: float,
    ages: Floats,
    rate: Floats,
    of_age: Floats,
    leaving: Floats,
    answer: float,
    usual: float,
    overdispersion: float,
    noise: Floats,
    threshold: Floats,
    kind: Floats,
    there: Whole,
    used: Floats,
    gone: Floats,
    leaves: Flags,
) -> None:
    """Write when each item is gone (never: infinity), and whether it leaves rather than is picked up.

    `created` is in order, POSIX seconds. `rate` [step] and `of_age` [band] are hazards of a step and factors on it,
    `leaving` [band] hazards; `answer` is the power of what waits over `usual`; `noise` [step] has mean 1 and variance
    `overdispersion`, and the hazard of a step is such that the mean chance of pick-up is that without noise.
    `threshold` [item] is exponential with mean 1, the cumulated hazard at which an item is gone; `kind` [item] is
    uniform and says how. `there` and `used` are [item] workspace, the latter zero.
    """
    count, coming = 0, 0
    for step in range(rate.size):
        start = begin + step * length
        end = start + length
        while coming < created.size and created[coming] < end:
            there[count] = coming
            count += 1
            coming += 1
        if count == 0:
            continue
        factor = rate[step] * (count / usual) ** answer
        kept = 0
        for place in range(count):
            item = there[place]
            band = 0
            while band + 1 < ages.size and ages[band + 1] <= start - created[item]:
                band += 1
            hazard = factor * of_age[band]
            if overdispersion > 0.0:
                hazard = np.expm1(min(overdispersion * hazard, 50.0)) / overdispersion
            picking = hazard * noise[step]
            all_ = picking + leaving[band]
            since = max(start, created[item])
            left = threshold[item] - used[item]
            share = (end - since) / length
            if all_ > 0.0 and all_ * share >= left:
                gone[item] = since + left / all_ * length
                leaves[item] = kind[item] * all_ >= picking
            else:
                used[item] += all_ * share
                there[kept] = item
                kept += 1
        count = kept
