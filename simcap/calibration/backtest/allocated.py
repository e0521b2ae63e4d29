"""Which of a desk's queues are split between vendors, and what of their items a vendor's agents can take."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection
from typing import Final

import numpy as np
import pandas as pd

from simcap.calibration.fits.allocation import fit_allocation, lines_of
from simcap.calibration.fits.fit import Fit
from simcap.calibration.fits.vendor_lines import taken_by

DESK: Final = "desk"
"""The vendor of everybody, where no queue is split."""


@dataclasses.dataclass(frozen=True)
class Allocated:
    """The split queues of a desk, as its history until an origin shows them."""

    shares: dict[str, dict[str, float]]
    """By queue and vendor; queues that are one pool are left out."""
    overflow: float
    """Age in seconds from which the items of a split queue may be taken by any vendor."""
    owner: pd.Series
    """Whose each item is, by the items' index; empty for items of a pool, and where it cannot be told."""
    roster: pd.DataFrame | None

    def vendors_of(self, items: pd.DataFrame) -> pd.Series:
        """Return the vendor of whoever took each item, one for each agent; that of most items where it is unknown."""
        if not self.shares:
            return pd.Series(DESK, index=items.index)
        taker = taken_by(items, self.roster)
        known = taker[taker != ""]
        usual = {
            str(agent): str(names.value_counts().index[0])
            for agent, names in known.groupby(items.loc[known.index, "agent"].astype(str))
        }
        most = str(known.value_counts().index[0])
        return items["agent"].astype(str).map(usual).fillna(most)

    def waiting_for(self, items: pd.DataFrame, vendor: str) -> pd.DataFrame:
        """Return the items that a vendor's agents can take, each created when they can: another's once it overflows."""
        owner = self.owner.reindex(items.index, fill_value="")
        others = ((owner != "") & (owner != vendor)).to_numpy()
        if not others.any():
            return items
        if math.isinf(self.overflow):
            return items[~others]
        reached = items["created"] + np.where(others, self.overflow, 0.0)
        gone = np.fmin(items["started"].to_numpy(float), items["expired"].to_numpy(float))
        return pd.DataFrame(items.assign(created=reached)[~(reached.to_numpy(float) > gone)])

    def routing(self, queues: Collection[str], takes: dict[str, set[str]]) -> dict[str, object]:
        """Return allocation and overflow as a scenario has them, for some queues; `takes` are each vendor's queues.

        A vendor with nobody for a queue has no share of it; a queue that is left to one vendor is not split.
        """
        split = {}
        for queue, shares in self.shares.items():
            able = {vendor: share for vendor, share in shares.items() if queue in takes.get(vendor, set())}
            if queue in queues and len(able) > 1:
                split[queue] = {vendor: share / sum(able.values()) for vendor, share in able.items()}
        if not split:
            return {}
        overflow = {"overflow": {"after": f"{self.overflow:.6g} s"}} if math.isfinite(self.overflow) else {}
        return {"allocation": split, **overflow}


POOLED: Final = Allocated({}, math.inf, pd.Series([], dtype=object), None)
"""A desk none of whose queues is split."""


def allocated(items: pd.DataFrame, roster: pd.DataFrame | None, until: float) -> Allocated:
    """Return how the queues of a history are split; `until` is the moment in POSIX seconds up to which it is known."""
    lines = lines_of(items, roster, until)
    shares: dict[str, dict[str, float]] = {}
    overflow = math.inf
    for fit in fit_allocation(lines):
        if isinstance(fit, Fit) and fit.subject.name == "allocation":
            shares[fit.estimates[0].key[0]] = {one.key[1]: one.value for one in fit.estimates}
        elif isinstance(fit, Fit):
            overflow = fit.value("after")
    owners = [one.owner for one in lines if one.verdict == "split"]
    owner = pd.concat(owners) if owners else pd.Series([], dtype=object)
    return Allocated(shares, overflow, owner, roster)
