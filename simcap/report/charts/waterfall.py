"""How net cost comes about: fees and credits as steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from simcap.experiment.results import Results
from simcap.report.charts.panels import Fill, Kind, Margins, draw_boxes, make_panels, scale, write_key
from simcap.report.charts.style import BLUE, INK, RULE, new_sheet, wrapped
from simcap.report.review.money import Money, money_of
from simcap.report.wording.findings import foot_line
from simcap.report.wording.words import amount, compact

NET, PLUS, MINUS = Fill(BLUE), Fill("#5b6773"), Fill("#00866a", "////")


def waterfall_chart(results: Results) -> Figure | None:
    """Draw the steps from the fee for work to net cost; nothing without a price or with a single step."""
    money = money_of(results)
    if money is None or len(money.steps) < 2:
        return None
    bars = "lines: 90% of replications" if results.replications > 1 else "a single replication"
    subtitle = f"{money.currency} over the horizon, the mean over replications of all vendors together; {bars}"
    sheet = new_sheet(_finding(money), subtitle, foot_line(results))
    (panel,) = make_panels(sheet, 1, (1, 1), Margins(above=0.35, left=0.6, right=0.1))
    names = [*(step.name for step in money.steps), "Net cost"]
    parts = np.array([step.amount for step in money.steps])
    ends = np.cumsum(parts)
    low, high = np.append(np.minimum(ends - parts, ends), 0.0), np.append(np.maximum(ends - parts, ends), ends[-1])
    scale(panel, min(float(low.min()), 0.0), 1.05 * float(high.max()), compact, 10, foot=0.0, unit=money.currency)
    places = np.arange(len(names), dtype=float)
    fills = [*(PLUS if part >= 0 else MINUS for part in parts), NET]
    for fill in (PLUS, MINUS, NET):
        chosen = np.array([one is fill for one in fills])
        draw_boxes(
            panel.axes, places[chosen] - 0.32, places[chosen] + 0.32, low[chosen], high[chosen], zorder=2, **fill.look
        )
    panel.axes.hlines(ends, places[:-1] + 0.32, places[1:] - 0.32, colors=INK, linewidth=0.8, zorder=3)
    texts = [amount(parts[0]), *(_signed(float(part)) for part in parts[1:]), amount(money.total.net)]
    tops = np.append(high[:-1], max(high[-1], money.total.high))
    look: dict[str, Any] = {"ha": "center", "size": 12, "weight": "bold", "color": INK}
    for place, text, top in zip(places, texts, tops, strict=True):
        panel.axes.annotate(text, (place, top), (0, 6), textcoords="offset points", **look)
    if results.replications > 1:
        panel.axes.vlines(places[-1], money.total.low, money.total.high, colors=INK, linewidth=2, zorder=5)
    panel.axes.set_xlim(-0.6, len(names) - 0.4)
    room = panel.width / len(names) - 0.15
    panel.axes.set_xticks(places, [wrapped(name, room, 11) for name in names], size=11, color=INK)
    panel.axes.tick_params(axis="x", length=0)
    panel.axes.grid(axis="y", color=RULE)
    kinds: list[tuple[Kind, str]] = [(PLUS, "fees"), (MINUS, "credits"), (NET, "net cost")]
    write_key(sheet, [kind for kind in kinds if kind[0] in fills])
    return sheet.figure


def _signed(part: float) -> str:
    return f"{'+' if part > 0 else '−' if part < 0 else ''}{amount(abs(part))}"


def _finding(money: Money) -> str:
    """Say what is paid, and which part changes the fee most."""
    total, first = money.total, money.steps[0]
    most = max(money.steps[1:], key=lambda step: abs(step.amount))
    share = f", {abs(most.amount / first.amount):.1%} of the {first.name.lower()}" if first.amount else ""
    return (
        f"Net cost is {amount(total.net)} {money.currency} over the horizon; "
        f"{most.name.lower()}: {_signed(most.amount)}{share}"
    )
