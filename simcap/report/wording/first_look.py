"""What sketches expect of SLAs, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simcap.report.wording.words import attained, in_window, sla_name, target_share

if TYPE_CHECKING:
    from simcap.analysis.expected import Expected
    from simcap.experiment.first_look import FirstLook

CAUTION = (
    "In a sketch, items flow like water, which is too optimistic where few agents work, and nothing corrects it here: "
    "`simcap run` is the judge."
)


def title_of_look(look: FirstLook) -> str:
    """Return the heading of what they say."""
    return f"What {look.sketches} sketches expect" if look.sketches else "Not sketched"


def look_lines(look: FirstLook) -> Iterator[str]:
    """Yield a line for each whole queue's SLA, those that will be missed first, and one for each that is not told."""
    if not look.sketches:
        yield "so large a scenario takes a sketch too long for a check; `simcap run --sketches` does it"
        return
    whole = [one for one in look.slas if not one.vendor]
    yield from (_line(one, look.sketches) for one in sorted(whole, key=lambda one: one.is_met))
    for queue, sla in look.blind:
        yield f"{sla_name(queue, '', sla)}: not sketched, as a sketch moves in quarters of an hour"


def _line(one: Expected, sketches: int) -> str:
    name, target = sla_name(one.queue, "", one.sla), target_share(one.target)
    if one.at_worst != one.at_worst:
        return f"{name}: nothing is due"
    horizon = f"{attained(one.attainment, one.target)} over the horizon"
    times = round(one.missed * sketches)
    missed = f"target {target}, missed in {times or 'none'} of {sketches}"
    if one.per == "horizon":
        return f"{name}: {horizon}; {missed}"
    worst = f"{attained(one.at_worst, one.target)} at worst, {in_window(one.per, one.worst)}"
    return f"{name}: {horizon}, {worst}; {missed}"
