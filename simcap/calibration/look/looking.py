"""Files looked at together: what each seems to be, what can be fitted from it, and the calibration file for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from simcap.calibration.look.guess import Look, look_at
from simcap.calibration.look.proposal import Proposal, propose
from simcap.errors import DataError
from simcap.scenario.schema.zones import zone_message

NAME: Final = "calibration.yaml"


@dataclasses.dataclass(frozen=True)
class Looked:
    """What files seem to be, and the calibration file that was proposed for them."""

    looks: tuple[Look, ...]
    proposal: Proposal

    def __repr__(self) -> str:
        kinds = ", ".join(f"{look.table.where}: {look.kind}" for look in self.looks)
        return f"Looked({kinds}; left to say: {len(self.proposal.open)})"


def look_at_all(
    files: Sequence[Path], folder: Path, timezone: str | None = None, progress: Callable[[str], None] = lambda _: None
) -> Looked:
    """Look at files, and propose a calibration file that stands in `folder`.

    Raises `DataError` for files that are no tables, each named, and a zone that does not exist.
    """
    if timezone is not None and (message := zone_message(timezone)):
        raise DataError(f"--timezone: {message}")
    looks: list[Look] = []
    wrong: list[str] = []
    for file in files:
        progress(file.name)
        try:
            looks += look_at(file)
        except DataError as error:
            wrong.append(str(error))
    if wrong:
        raise DataError("\n".join(wrong))
    return Looked(tuple(looks), propose(looks, folder, timezone))


def write_proposal(looked: Looked, folder: Path) -> Path:
    """Write the calibration file. Raises `DataError` where there is one: somebody may have corrected it."""
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(looked.proposal.text)
    except FileExistsError:
        raise DataError(
            f"{path}: is there; it is left as it is: give another folder with --out, or remove it"
        ) from None
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); give another folder with --out") from None
    return path


def fitted_from(look: Look) -> tuple[list[str], list[str]]:
    """Return what can be fitted from a table, and what it lacks for the rest of what its kind can tell."""
    tells = _TELLS.get(look.kind, ())
    there = [what for what, needed in tells if any(set(roles) <= set(look.roles) for roles in needed)]
    lacking = [
        f"{what} (needs {' or '.join(' and '.join(roles) for roles in needed)})"
        for what, needed in tells
        if what not in there
    ]
    return there, lacking


Tells = tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
_ITEM_TELLS: Final[Tells] = (
    ("volumes", (("created",),)),
    ("handle times", (("handle",), ("started", "completed"))),
    ("waits and turnaround for a back-test", (("started", "completed"), ("wait", "handle"), ("completed",))),
    ("patience", (("expired",),)),
    ("the ramp (with a roster, how agents differ, too)", (("agent", "started"), ("agent", "handle"))),
    ("accuracy", (("agent", "wrong"),)),
    ("follow-up work", (("item", "parent"),)),
    ("allocation between vendors", (("vendor",),)),
)
_TELLS: Final[dict[str, Tells]] = {
    "items": _ITEM_TELLS,
    "claims": (*_ITEM_TELLS, ("claims that are given back", (("returned",),))),
    "events": (
        ("volumes, handle times, waits, claims that are given back", (("item", "event", "time"),)),
        ("the ramp (with a roster, how agents differ, too)", (("agent",),)),
    ),
    "roster": (
        ("attrition and team sizes", (("hired", "left", "vendor"),)),
        ("drop-out of training", (("trained",),)),
    ),
    "attendance": (("absence, offline time and shifts", (("start", "end", "activity"),)),),
    "grid": (("absence and shifts", (("agent",),)),),
    "quality": (("accuracy", (("checked", "wrong"),)),),
    "reports": (
        ("volumes", (("offered",),)),
        ("mean handle time", (("handled", "aht"),)),
        ("patience", (("abandoned", "wait"),)),
        ("absence", (("fte_planned", "fte_actual"),)),
        ("shrinkage", (("shrinkage",),)),
        ("attrition", (("leavers", "headcount"), ("leavers", "fte_planned"))),
        ("accuracy", (("accuracy", "sample"),)),
    ),
}
"""What each kind of table can tell, with the roles that it takes, any of several sets."""
