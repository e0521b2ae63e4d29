"""What the words beside the figures mean: only those that a run uses."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from simcap.analysis.risks import BUSY, HEADCOUNT_MARGIN
from simcap.experiment.results import Results
from simcap.report.wording.costs import MEANT
from simcap.report.wording.sentences import AT_RISK, LIKELY
from simcap.report.wording.sla_rows import SlaRow, any_left
from simcap.report.wording.words import plural


@dataclasses.dataclass(frozen=True)
class Definition:
    """A term and what it means."""

    term: str
    meaning: str


def definitions_of(results: Results, rows: Sequence[SlaRow]) -> Iterator[Definition]:
    """Yield the terms that a run's review uses."""
    count = plural(results.replications, "replication")
    yield Definition(
        "Replication",
        f"One simulated course of the horizon: items, handle times, absences and leavers drawn anew ({count} here).",
    )
    yield Definition(
        "Expected",
        "For an SLA: the share of all items of the horizon, over all replications, that are on time. Items count in "
        "the window in which they were created.",
    )
    yield Definition("90% band", "From the 5th to the 95th percentile over replications: nine of ten lie within.")
    yield Definition("At risk", f"A window with a chance of a miss of {AT_RISK:.0%} or more.")
    yield Definition("Likely to be missed", f"A chance of {LIKELY:.0%} or more.")
    yield Definition(
        "Chance of any miss",
        "The share of replications in which at least one whole window of the SLA's own period is below target, with "
        "its 95% interval (Wilson): the fewer replications, the wider.",
    )
    if any_left(list(rows)):
        yield Definition(
            "Left undecided",
            "The share of items that left before a decision (in a call centre: abandonment). They do not count in "
            "attainment unless the SLA counts all.",
        )
    if "groups" in results.tables:
        yield Definition(
            "Group",
            "All queues and teams to which the scenario gives the same word under a key. On time: of all items of its "
            "queues; a target where they have the same. Cost: each vendor’s, shared out by its teams’ paid hours.",
        )
    yield Definition("Available hours", "Hours on the floor: on duty, without breaks, training, absence, offline time.")
    yield Definition(
        "Required hours",
        f"Hours on the floor at which the work that a team did would have kept it busy for {BUSY:.0%} of the time. "
        "Work that others did is not in it, nor work that still waits: where that grows, more hours are needed.",
    )
    yield Definition(
        "Work that waits",
        "Items of a queue that are open at the end of a week, times the hours that a decision of it takes. It grows "
        "if more waits after the last week than after the first, beyond chance and by a tenth of the work that arrives "
        "in a week.",
    )
    yield Definition(
        "New",
        "Agents who joined within the time in which a newcomer ramps, as a share of agents at the end of the week. "
        "Those of them who have left still count; who was new when the horizon began is not known.",
    )
    yield Definition("Effective", "Agents weighted by their speed: a new agent counts less until fully ramped.")
    yield Definition("Thin team", f"One that is more than {HEADCOUNT_MARGIN:.0%} below its planned headcount.")
    if results.layout.subjects["money"]:
        yield Definition("Net cost", MEANT)


COMPARED = (
    Definition(
        "Same draws",
        (
            "All options saw the same items, handle times, absences and leavers except where their files differ, so "
            "that small differences show. Intervals are of paired differences, 95%."
        ),
    ),
    Definition(
        "Service lost, won",
        (
            "SLAs whose attainment over the horizon, or chance of a miss, is certainly worse or better: the interval "
            "of the difference excludes zero, and attainment moves by half a point or more."
        ),
    ),
    Definition(
        "Chance of any miss",
        "The share of replications in which at least one whole window of any SLA is below target, with its interval.",
    ),
    Definition("Worst week", "The week with the highest chance that some SLA is missed in it."),
    Definition("Net cost", "Price less credits over the horizon, the mean over replications with its 90% band."),
    Definition("Worse in, dearer in", "The share of replications in which the option is worse, or costs more."),
)
"""Terms of a comparison."""

IN_FUTURES = (
    Definition(
        "Future",
        "A change that is made to every option alike. The first, base, is that of the scenarios as they stand.",
    ),
    Definition(
        "Regret",
        (
            "How much more an option costs than the cheapest of the same future, with the 95% interval of paired "
            "differences. The cheapest may serve worse: read it with the chance of any miss, and with the mark of "
            "options that lose service against the base of the same future."
        ),
    ),
    Definition(
        "More likely than",
        (
            "The probability at which two options cost the same in expectation, if either this future comes or things "
            "stay as they stand, with Fieller’s interval of a ratio of means. It is not told of an option that serves "
            "worse than the other beyond chance."
        ),
    ),
    Definition(
        "Worth of a horizon without a miss",
        "What an option costs more, for each point by which the chance of any miss is lower.",
    ),
)
"""Terms of a comparison in several futures."""
