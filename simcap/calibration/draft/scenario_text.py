"""A scenario as text: what the calibration fills is left out, what it lacks is a placeholder, and marked so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from simcap.calibration.draft.crew import ABSENCE, GUESS, OFFLINE, DraftTeam, WorkingTime
from simcap.calibration.draft.facts import Facts
from simcap.calibration.draft.sizes import Sizes, sizes_of
from simcap.calibration.fits.fit import NotFitted, of_queue
from simcap.calibration.fits.responding import SeenResponse
from simcap.calibration.look.proposal import flow
from simcap.units import HOUR, MINUTE, format_duration

MARK = "# ?"
"""Stands before the ground of a placeholder."""
BESIDE = "origin: default, note: placeholder"
"""Stands beside its value, so that the table of assumptions tells it from what was agreed."""
_HEAD = """\
# yaml-language-server: $schema=../scenario.schema.json
#
# Written by simcap init from your files. What is fitted to them stands in the calibration; here is the rest, each value
# with its ground. A ? marks a placeholder, for what no file tells: put your own value there, and its own origin.
name: plan
description: Do the SLAs hold next quarter, if it goes on as the files show?
"""
_FITTED = ("arrivals", "handle_time", "expires", "errors", "then", "backlog")


def scenario_text(facts: Facts, open_: Sequence[NotFitted] = (), calibration: str | None = None) -> str:
    """Return a scenario of the facts. `calibration` is the path of the parameters, `open_` what could not be fitted."""
    sizes = sizes_of(facts)
    lines = [
        "horizon:",
        f"  start: {facts.start}   # the day after the last one of the files",
        "  weeks: 13",
        f"  timezone: {facts.timezone}",
        "  warm_up: 1 week",
        "simulation: {replications: 20, seed: 1}",
        f"calibration: {calibration}   # what simcap calibrate fitted; it fills what is left out below"
        if calibration
        else "# calibration: ../calibration/parameters.yaml   # once simcap calibrate has written it",
        "queues:",
        *(line for queue in facts.queues for line in _queue(queue, facts, sizes, open_)),
        *_routing(facts),
        "vendors:",
    ]
    for vendor in dict.fromkeys(crew.vendor for crew in sizes.crews):
        lines += _vendor(vendor, facts, [crew for crew in sizes.crews if crew.vendor == vendor])
    if facts.left_out:
        names = ", ".join(facts.left_out)
        lines.append(f"{MARK} {names}: in the roster, but no file has their work; write their teams, or leave them out")
    return _HEAD + "\n".join(lines) + "\n"


def _queue(queue: str, facts: Facts, sizes: Sizes, open_: Sequence[NotFitted]) -> Iterator[str]:
    yield f"  {flow(queue)}:"
    known = [
        key
        for key in _FITTED
        if any(one.subject.name == queue and one.key[0] == key for fit in facts.fits for one in fit.estimates)
    ]
    if known:
        yield f"    # from the calibration: {', '.join(known)}"
    for fit in facts.fits:
        if fit.prior and of_queue(queue) in fit.subjects:
            yield f"    {MARK} {fit.estimates[0].key[0]}: {fit.prior}"
    for one in open_:
        if one.what == f"queues.{queue}.arrivals.profile":
            yield f"    {MARK} {one.why.split(';')[0]}; taken as flat: write `arrivals: {{profile: office}}` or another"
    if queue in sizes.per_week:
        yield f"    arrivals: {{per_week: {sizes.per_week[queue]:g}, {BESIDE}}}   {MARK} no file tells how many come"
    if queue in sizes.handle:
        mean = format_duration(round(sizes.handle[queue]))
        content = f"lognormal: {{mean: {mean}, cv: 0.9}}, {BESIDE}"
        yield f"    handle_time: {{{content}}}   {MARK} no file tells it; {_why(facts)}"
    sla = f"{{24 h: {{measure: turnaround, within: 24 h, target: 90%, per: week, {BESIDE}}}}}"
    yield f"    sla: {sla}   {MARK} no file tells the SLA"


def _why(facts: Facts) -> str:
    return "what the hours of those who are there allow at most, about" if facts.crews else "a guess"


def _routing(facts: Facts) -> Iterator[str]:
    yield "routing:"
    yield f"  rule: {{value: longest_wait, {BESIDE}}}   {MARK} no file tells what agents take first"
    allocation = facts.allocation()
    if allocation:
        yield "  allocation:   # as the files have it"
        for queue, shares in allocation.items():
            written = ", ".join(f"{flow(vendor)}: {share:.0%}" for vendor, share in shares.items())
            yield f"    {flow(queue)}: {{{written}}}"


def _vendor(vendor: str, facts: Facts, crews: Sequence[DraftTeam]) -> Iterator[str]:
    yield f"  {flow(vendor)}:"
    usual = {"absence": ABSENCE, "offline": OFFLINE}
    lacking = {key: share for key, share in usual.items() if not facts.of_vendor(vendor, "shrinkage", key)}
    if len(lacking) == len(usual):
        yield f"    shrinkage: {_shares(lacking)}   {MARK} no file tells it; what is usual"
    if facts.of_vendor(vendor, "attrition"):
        yield f"    {MARK} who leaves is not replaced: no file tells the plan; write `hiring: {{classes: ...}}`"
    else:
        yield f"    {MARK} nobody leaves: no file tells it; write for example `attrition: {{per_year: 40%}}`"
    yield "    teams:"
    for crew in crews:
        yield from _team(crew, lacking if len(lacking) < len(usual) else {})


def _team(crew: DraftTeam, lacking: dict[str, float]) -> Iterator[str]:
    yield f"      {flow(crew.team)}:"
    yield f"        timezone: {_value(crew.timezone, crew.why_timezone)}"
    yield f"        agents: {_value(str(crew.agents), crew.why_agents)}"
    yield f"        skills: {_value(flow(list(crew.skills)), crew.why_skills)}"
    if lacking:
        yield f"        shrinkage: {_shares(lacking)}   {MARK} no file tells it; what is usual"
    if crew.response is not None:
        yield f"        responds: {_response(crew.response)}"
    if len(crew.times) == 1:
        beside = f", {BESIDE}" if crew.why_shift.startswith(GUESS) else ""
        yield f"        shift: {{{_time(crew, crew.times[0])}{beside}}}{_ground(crew.why_shift)}"
        return
    yield f"        shifts:{_ground(crew.why_shift)}"
    for one in crew.times:
        yield f"          from-{_clock(one.start).replace(':', '')}: {{share: {one.share:.0%}, {_time(crew, one)}}}"


def _response(seen: SeenResponse) -> str:
    """Write a response within the bounds that were seen, in steps of 5%."""
    least, most = min(math.floor(20 * seen.least) / 20, 1.0), min(max(math.ceil(20 * seen.most) / 20, 1.05), 10.0)
    return (
        f"{{to: backlog, normal: {seen.normal / HOUR:.3g} h, elasticity: {round(20 * seen.elasticity) / 20:.0%}, "
        f"at_least: {least:.0%}, at_most: {most:.0%}}}   # found on {seen.shifts} shifts: "
        f"of {seen.foretold} foretold with it and without, it takes away {seen.gain:.0%} of the squared error; "
        "the bounds are what was seen"
    )


def _time(crew: DraftTeam, one: WorkingTime) -> str:
    text = f'days: {crew.days}, start: "{_clock(one.start)}", length: {_span(one.length)}'
    pauses = ", ".join(f"{{after: {_span(after)}, for: {_span(length)}}}" for after, length in one.breaks)
    return f"{text}, breaks: [{pauses}]" if pauses else text


def _span(seconds: float) -> str:
    """Write a length of whole minutes exactly."""
    return f"{seconds / HOUR:g} h" if seconds >= HOUR and seconds % HOUR == 0 else f"{seconds / MINUTE:g} min"


def _clock(seconds: float) -> str:
    return f"{int(seconds // HOUR):02}:{int(seconds % HOUR // MINUTE):02}"


def _shares(shares: dict[str, float]) -> str:
    return "{" + "".join(f"{key}: {share:.0%}, " for key, share in shares.items()) + BESIDE + "}"


def _value(written: str, why: str) -> str:
    """Return a value with its ground; beside a placeholder it says that it is one."""
    return f"{{value: {written}, {BESIDE}}}{_ground(why)}" if why.startswith(GUESS) else f"{written}{_ground(why)}"


def _ground(why: str) -> str:
    if not why:
        return ""
    return f"   {MARK} {why.removeprefix(GUESS)}" if why.startswith(GUESS) else f"   # {why}"
