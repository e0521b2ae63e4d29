"""How each queue stands, by the one definition that terminal and pages use, for charts to sort and mark by."""

from __future__ import annotations

from simcap.experiment.results import Results
from simcap.report.review.verdict import outlook_of
from simcap.report.wording.sla_rows import Outlook, sla_rows


def outlooks(results: Results) -> dict[str, Outlook]:
    """Return the outlook of each queue: the worst of its SLAs and of its vendors' parts."""
    rows = sla_rows(results)
    return {queue: outlook_of([row for row in rows if row.queue == queue]) for queue in results.scenario.queues}
