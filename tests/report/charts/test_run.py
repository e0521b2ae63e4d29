"""Charts: which files, what their titles say, that no text touches another, that the bytes are always the same."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from simcap.experiment.results import Results
from simcap.report.charts.backlog import backlog_charts
from simcap.report.charts.cohorts import cohort_charts
from simcap.report.charts.headcount import headcount_charts
from simcap.report.charts.heat_map import heat_map
from simcap.report.charts.hours import hours_charts
from simcap.report.charts.lateness import lateness_chart
from simcap.report.charts.run import draw_charts, file_names
from simcap.report.charts.safe import safe_chart
from simcap.report.charts.sla import sla_chart
from simcap.report.charts.style import CHANCE, WIDTH, house_style, save, text_width
from simcap.report.charts.volume import volume_chart
from simcap.report.wording.findings import headcount_finding, sla_finding, sla_notes
from simcap.report.wording.standing import chance_by, standings
from tests.report.made import BASE, SHIFT, changed, made, many


def horizon(**changes: Any) -> dict[str, Any]:
    """Return a horizon from Monday 5 October 2026."""
    return {"start": "2026-10-05", "timezone": "Europe/London", **changes}


def calls(*slas: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Return a scenario of one queue with these SLAs."""
    queue = {
        "arrivals": {"per_hour": 100},
        "handle_time": {"constant": "60 s"},
        "sla": {sla["within"]: sla for sla in slas},
    }
    team = {"timezone": "UTC", "agents": 12, "skills": ["calls"], "shift": {"always": True}}
    return changed(
        queues={"calls": queue}, vendors={"north": {"teams": {"floor": team}}}, routing={}, events={}, **changes
    )


def sla(within: str, per: str, target: str = "95%") -> dict[str, str]:
    """Return an SLA on the turnaround."""
    return {"measure": "turnaround", "within": within, "target": target, "per": per}


def eventful() -> dict[str, Any]:
    """Return a scenario in which much happens at once."""
    starts = ["2026-10-06", "2026-10-08", "2026-10-12", "2026-10-13", "2026-12-20", "2026-12-28"]
    surges = {
        f"a-surge-{n}": {"surge": {"queue": "listings", "from": day, "for": "2 days", "factor": 1.25}}
        for n, day in enumerate(starts)
    }
    cut = {"cut-in-december": {"headcount": {"team": "manila", "from": "2026-12-07", "change": -4}}}
    return changed(events={**surges, **cut})


def long_names() -> dict[str, Any]:
    """Return a scenario whose names do not fit anywhere, with characters that mean something to somebody."""
    title = (
        "Listings of handmade, vintage & regulated $goods$ that need a second look by a specialist <team> of the region"
    )
    queues = {"listings/hand made": {**BASE["queues"]["listings"], "title": title}}
    team = {"title": f"{title} (night)", "timezone": "UTC", "agents": 30, "skills": list(queues), "shift": SHIFT}
    return changed(
        queues=queues, routing={}, events={}, vendors={"n": {"title": title, "teams": {"t": team, "u": team}}}
    )


CASES: dict[str, Callable[[], Results]] = {
    "base": lambda: made(changed(), 20),
    "eventful": lambda: made(eventful(), 10),
    "long names": lambda: made(long_names(), 5),
    "one replication": lambda: made(changed(), 1),
    "no items": lambda: made(changed(), 3, items=0.0),
    "one day by hour": lambda: made(
        calls(sla("20 s", "hour", "80%"), sla("5 min", "day"), horizon=horizon(days=1)), 20, period="hour"
    ),
    "one week": lambda: made(changed(horizon=horizon(weeks=1)), 20),
    "ten days": lambda: made(changed(horizon=horizon(days=10)), 20, period="day"),
    "one year by day": lambda: made(many(1, 2, 2, horizon=horizon(weeks=52)), 3, period="day"),
    "hours of a month": lambda: made(calls(sla("20 s", "hour"), horizon=horizon(days=31)), 3, period="hour"),
    "many SLAs": lambda: made(calls(*(sla(f"{n} h", "week") for n in range(1, 14))), 5),
}


HEAT = 3
"""Place of the heat map among the figures of a scenario with one queue and one team."""


def figures(results: Results) -> list[Figure]:
    """Return all figures of results, those of a few queues only."""
    rows = standings(results)
    groups = [list(mine) for _, mine in itertools.groupby(rows, key=lambda row: row.queue)]
    drawn = [*(sla_chart(results, mine) for mine in groups[:2]), *backlog_charts(results), *headcount_charts(results)]
    others = heat_map(results, rows), safe_chart(results, rows), lateness_chart(results, rows), volume_chart(results)
    drawn += [chart for chart in others if chart is not None]
    return [*drawn, *hours_charts(results), *cohort_charts(results)]


def titles(results: Results) -> list[str]:
    """Return the titles of all figures, in one line each."""
    with house_style():
        return [figure.texts[0].get_text().replace("\n", " ") for figure in figures(results)]


def finding(results: Results) -> str:
    """Return the title of the SLA chart of the first queue."""
    rows = standings(results)
    return sla_finding(results.scenario, [row for row in rows if row.queue == rows[0].queue])


def troubles(figure: Figure) -> list[str]:
    """Return the texts that leave the sheet, and the pairs that overlap."""
    figure.draw_without_rendering()
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]  # type: ignore[attr-defined]
    boxes = np.array([text.get_window_extent().extents for text in texts])
    width, height = figure.bbox.width, figure.bbox.height
    outside = (boxes[:, 0] < 0) | (boxes[:, 1] < 0) | (boxes[:, 2] > width) | (boxes[:, 3] > height)
    found = [f"outside: {texts[place].get_text()!r}" for place in np.flatnonzero(outside)]
    across = np.minimum(boxes[:, None, 2], boxes[None, :, 2]) - np.maximum(boxes[:, None, 0], boxes[None, :, 0])
    along = np.minimum(boxes[:, None, 3], boxes[None, :, 3]) - np.maximum(boxes[:, None, 1], boxes[None, :, 1])
    for one, other in zip(*np.nonzero(np.triu((across > 1) & (along > 3), 1)), strict=True):
        found.append(f"{texts[one].get_text()!r} touches {texts[other].get_text()!r}")
    return found


@pytest.mark.parametrize("case", CASES)
def test_no_text_touches_another_or_leaves_the_sheet(case: str) -> None:
    with house_style():
        assert [trouble for figure in figures(CASES[case]()) for trouble in troubles(figure)] == []


@pytest.mark.slow
def test_forty_queues_and_teams() -> None:
    results = made(many(42, 42, 6), 2)
    with house_style():
        drawn = [*headcount_charts(results), *backlog_charts(results), heat_map(results, standings(results))]
        assert [trouble for figure in drawn if figure for trouble in troubles(figure)] == []
    assert len(drawn) == 5, "two sheets of each, at most"
    texts = [text.get_text() for figure in drawn if figure for text in figure.texts]
    assert any(
        "; queues 10 to 18 of 42, largest in days of arrivals first, 24 not shown" in text.replace("\n", " ")
        for text in texts
    )
    assert any(
        text.endswith("(with 2 replications 0 may be up to 66, 100 as low as 34); the 40 riskiest of 42 queues")
        for text in texts
    )


# -- files ------------------------------------------------------------------------------------------------------------


def test_files(tmp_path: Path) -> None:
    document = changed(
        queues={"listings": BASE["queues"]["listings"], "quality": BASE["queues"]["quality"]}, routing={}
    )
    paths = draw_charts(made(document, 3), tmp_path / "not" / "there")
    names = ["risk-heat-map", "sla-listings", "volume", "backlog", "headcount"]
    assert [path.name for path in paths] == [f"{name}.{kind}" for name in names for kind in ("png", "svg")]
    assert [path for path in paths if not path.is_file()] == []
    assert paths[0].read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_the_bytes_are_always_the_same(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        results = made(changed(), 5)
        with house_style():
            paths = save(sla_chart(results, standings(results)[:3]), tmp_path / name, "sla-listings")
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]
    svg = written[0][1].decode()
    assert "<dc:date>" not in svg
    assert re.search(r"<title>New listing review: ", svg)


def test_names_of_files() -> None:
    names = file_names(["listings", "Listings", "legal/ip claims", "///", "...", "über"])
    assert names == {
        "listings": "listings", "Listings": "Listings-2", "legal/ip claims": "legal-ip-claims", "///": "queue",
        "...": "queue-2", "über": "über",
    }  # fmt: skip


def test_a_scenario_without_sla() -> None:
    team = {"timezone": "UTC", "agents": 5, "skills": ["quality"], "shift": SHIFT}
    vendors = {"north": {"teams": {"manila": team}}}
    queues = {"quality": BASE["queues"]["quality"]}
    results = made(changed(queues=queues, vendors=vendors, routing={}, events={}), 2)
    assert standings(results) == []
    assert heat_map(results, []) is None


def test_the_style_is_put_back() -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    with house_style():
        assert mpl.rcParams["svg.hashsalt"] == "simcap"
    assert dict(mpl.rcParams) == before


# -- findings ---------------------------------------------------------------------------------------------------------


def weeks(*misses: tuple[int, int, float]) -> Results:
    """Return results of one weekly SLA: (week, replications of 20 that miss it, what these attain)."""
    attainment = np.full((20, 13), 0.97)
    for week, count, share in misses:
        attainment[:count, week] = share
    return made(calls(sla("4 h", "week")), attainment=attainment)


@pytest.mark.parametrize(
    ("misses", "title"),
    [
        ([], "calls: no miss of the 4 h SLA seen in 20 replications (its chance may be up to 16%)"),
        ([(5, 1, 0.9)], "calls: 4 h SLA missed in no week with more than 5% [1%, 24%]"),
        ([(5, 4, 0.9)], "calls: 4 h SLA at risk in the week of 9 November (20% [8%, 42%])"),
        (
            [(5, 4, 0.9), (6, 3, 0.9)],
            "calls: 4 h SLA at risk in 2 of 13 weeks, worst week of 9 November (20% [8%, 42%])",
        ),
        (
            [(4, 4, 0.9), (5, 12, 0.93), (6, 12, 0.92)],
            "calls: 4 h SLA at risk in 3 of 13 weeks, likely to be missed in 2 (60% [39%, 78%] in each)",
        ),
        (
            [(2, 3, 0.9), (4, 12, 0.9), (5, 14, 0.93), (7, 14, 0.9)],
            (
                "calls: 4 h SLA at risk in 4 of 13 weeks, likely to be missed in 3; 2 with a chance of 70% "
                "[48%, 85%], first week of 9 November"
            ),
        ),
        (
            [(week, 20, 0.9 - week / 100) for week in range(13)],
            "calls: 4 h SLA likely to be missed in all 13 weeks (100% [84%, 100%] in each)",
        ),
    ],
)
def test_title_of_an_sla_chart(misses: list[tuple[int, int, float]], title: str) -> None:
    assert finding(weeks(*misses)) == title


def test_titles_of_a_whole_run() -> None:
    found = titles(weeks((5, 4, 0.9)))
    assert found[1].startswith("Backlog of calls ")
    assert found[2] == "floor falls 17% below its planned agents"
    assert found[HEAT] == "calls may miss an SLA in the week of 9 November (20% [8%, 42%])"


def losing(replications: int, share: float, missed: int = 0) -> Results:
    """Return results of one weekly SLA of a queue of which a share leaves undecided every week."""
    document = calls(sla("4 h", "week"))
    document["queues"]["calls"]["expires"] = {"after": {"constant": "5 min"}}
    attainment = np.full((replications, 13), 0.97)
    attainment[:missed, 5] = 0.9
    return made(document, replications, attainment=attainment, expired=share)


def test_safe_is_said_only_where_replications_suffice() -> None:
    for count in (34, 35):
        results = made(calls(sla("4 h", "week")), count, attainment=0.97)
        found = titles(results)
        assert ("safe throughout" in found[0]) == (count == 35)
        assert (found[HEAT] == "Every SLA is safe throughout") == (count == 35)
        assert ("no miss seen" in sla_notes(standings(results)[0])) == (count == 34)
    assert titles(made(calls(sla("4 h", "week")), 4, attainment=0.97))[HEAT] == (
        "No miss of any SLA seen in 4 replications (its chance may be up to 49%)"
    )


def test_a_queue_that_loses_work_is_never_called_safe() -> None:
    results = losing(40, 0.3)
    assert finding(results) == "calls: 30.0% leave undecided; 4 h SLA not at risk for the others"
    assert titles(results)[HEAT] == "calls loses work undecided; no SLA is at risk for what stays"
    assert sla_notes(standings(results)[0])[-1] == "30.0% undecided"
    usual = losing(40, 0.03)
    assert finding(usual) == "calls: 4 h SLA safe throughout", "3% is normal for callers"
    assert sla_notes(standings(usual)[0]) == ["safe, 3.0% undecided", "safe"]
    assert "at risk in the week of 9 November" in finding(losing(40, 0.3, missed=10))


def test_where_all_leave_it_is_said() -> None:
    document = calls(sla("4 h", "week"))
    document["queues"]["calls"]["expires"] = {"after": {"constant": "5 min"}}
    results = made(document, 3, attainment=np.full(13, np.nan), expired=1.0)
    assert finding(results) == "calls: 100.0% leave undecided, so no SLA to judge"
    assert sla_notes(standings(results)[0])[0] == "nothing decided, 100.0% undecided"


def test_subtitles_say_what_few_replications_mean() -> None:
    with house_style():
        for count, told in ((4, True), (40, False), (1, False)):
            results = made(calls(sla("4 h", "week")), count)
            texts = [text.get_text() for text in sla_chart(results, standings(results)).texts]
            assert any("with 4 replications 0 may be up to 49, 100 as low as 51" in text for text in texts) == told


def test_the_worst_vendor_is_named() -> None:
    assert finding(made(changed(), 20)).startswith("New listing review: south’s 4 h SLA at risk in ")


def test_titles_without_anything_to_judge() -> None:
    assert finding(CASES["no items"]()) == "New listing review: no items, so no SLA to judge"
    results = made(calls(sla("72 h", "month"), horizon=horizon(weeks=1)), 3)
    assert finding(results) == "calls: no whole month in which the 72 h SLA could be judged"


def test_one_replication_gives_no_probabilities() -> None:
    attainment = np.full(13, 0.97)
    attainment[5:7] = 0.9
    found = titles(made(calls(sla("4 h", "week")), 1, attainment=attainment))
    assert found[0] == "calls: 4 h SLA missed in 2 of 13 weeks, worst week of 9 November"
    assert found[HEAT] == "calls misses an SLA in 2 of 13 weeks, worst week of 9 November"


def test_foot_line() -> None:
    with house_style():
        texts = [text.get_text() for text in first_backlog(made(changed(), 20)).texts]
    assert any(text.startswith("Q4 baseline · 5 October 2026 to 3 January 2027 · 20 replications") for text in texts)


def slas_of_listings(results: Results) -> Figure:
    return sla_chart(results, [row for row in standings(results) if row.queue == "listings"])


def first_backlog(results: Results) -> Figure:
    return next(backlog_charts(results))


def first_headcount(results: Results) -> Figure:
    return next(headcount_charts(results))


@pytest.mark.parametrize("draw", [first_backlog, first_headcount, slas_of_listings])
def test_a_long_name_leaves_the_key_its_room(draw: Callable[[Results], Figure]) -> None:
    results = made(changed(name="The programme of next year as all of us would like it to be " * 3), 20)
    with house_style():
        texts = sorted((text for text in draw(results).texts if text.get_position()[1] < 0.05), key=_left)
        assert "5 October 2026 to 3 January 2027 · 20 replications · seed " in texts[0].get_text()
        for one, other in itertools.pairwise(texts):
            # Beside the source there is a swatch of the key, too.
            assert _left(one) + text_width(one.get_text(), one.get_fontsize()) < _left(other)


def _left(text: Text) -> float:
    return float(text.get_position()[0]) * WIDTH


# -- figures ----------------------------------------------------------------------------------------------------------


def test_a_week_is_missed_if_any_sla_misses_any_of_its_days() -> None:
    attainment = np.full((4, 14), 0.97)
    attainment[0, 2] = attainment[1, 3] = attainment[1, 4] = attainment[2, 9] = 0.9
    results = made(calls(sla("4 h", "day"), horizon=horizon(days=14)), 4, period="day", attainment=attainment)
    assert chance_by(standings(results), results.layout.windows["week"]).tolist() == [0.5, 0.25]


def test_partial_windows_are_not_judged() -> None:
    results = made(calls(sla("72 h", "month")), 4, attainment=0.9)
    assert np.isnan(standings(results)[0].chance).tolist() == [True, False, False, True]
    assert standings(results)[0].judged == 2


def test_the_scale_of_chances_darkens_throughout() -> None:
    red, green, blue = CHANCE(np.linspace(0, 1, 50))[:, :3].T
    lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    assert (np.diff(lightness) < 0).all()


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        ([0.0], [2.0], "a begins with nobody and has 2 agents by 8 November"),
        ([0.0, 10.0], [1.0, 12.0], "a begins with nobody and has 1 agent by 8 November"),
        ([0.0, 0.0], [2.0, 5.0], "b begins with nobody and has 5 agents by 8 November"),
        ([0.0, 10.0], [4.0, 8.0], "b shrinks by 20%, more than any other team: from 10 to 8 agents by 8 November"),
        ([0.0, 10.0], [0.0, 10.0], "Headcount holds within 5% of its start in every team"),
    ],
)
def test_what_a_headcount_chart_says_of_a_team_from_nobody(starts: list[float], ends: list[float], said: str) -> None:
    assert headcount_finding(["a", "b"][: len(starts)], starts, ends, "8 November") == said
