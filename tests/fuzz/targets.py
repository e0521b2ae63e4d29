"""What is mutated, how, and which command reads it."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import shutil
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from ruamel.yaml import YAML

from simcap.errors import SimcapError
from simcap.scenario.reading.loading import load
from tests.fuzz import made
from tests.fuzz.judge import Ended, ended
from tests.fuzz.mutation import Table, mutated_bytes, mutated_table, mutated_tree, tree_text

ROOT = Path(__file__).parents[2]
SUFFIXES = (".csv", ".csv.gz", ".xlsx", ".parquet")


class Target(NamedTuple):
    """One kind of input: what it is made from, how it is changed, and how it is judged in a folder."""

    seeds: tuple[bytes, ...]
    mutate: Callable[[random.Random, bytes], bytes]
    judge: Callable[[Path, bytes], Ended]


def _plain(value: Any) -> Any:
    """Return a YAML value as JSON has it."""
    if isinstance(value, dict):
        return {str(key): _plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_plain(child) for child in value]
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _tree(data: bytes) -> Any:
    try:
        return _plain(YAML(typ="safe", pure=True).load(data.decode("utf-8", "replace")))
    except Exception:  # noqa: BLE001 - whatever is no YAML has no tree
        return None


def _yaml_mutator(donors: tuple[Any, ...]) -> Callable[[random.Random, bytes], bytes]:
    def mutate(rng: random.Random, data: bytes) -> bytes:
        tree = _tree(data) if rng.random() < 0.85 else None
        if not isinstance(tree, (dict, list)):
            return mutated_bytes(rng, data)
        return tree_text(mutated_tree(rng, tree, rng.choice(donors)))

    return mutate


def _shipped() -> tuple[Any, ...]:
    return tuple(_tree(path.read_bytes()) for path in sorted((ROOT / "scenarios").glob("*.yaml")))


def _scenario(folder: Path, data: bytes) -> Ended:
    path = folder / "scenario.yaml"
    path.write_bytes(data)
    return _checked_and_run(path, data.decode("utf-8", "replace"))


def _checked_and_run(path: Path, given: str) -> Ended:
    """Check a scenario; simulate it, if that is a matter of seconds."""
    first = ended(["check", str(path), "--assumptions"], given)
    if first.fault or first.code or not _is_small(path):
        return first
    out = path.parent / "out"
    words = ["run", str(path), "--jobs", "1", "--replications", "1", "--no-charts", "--force", "--out", str(out)]
    second = ended(words, given, out)
    shutil.rmtree(out, ignore_errors=True)
    return second


def simulated(folder: Path, document: Mapping[str, Any]) -> None:
    """Simulate a scenario without judging it, so that what it needs is loaded and compiled."""
    import simcap

    path = folder / "scenario.yaml"
    path.write_bytes(tree_text(document))
    simcap.run(path, replications=1, jobs=1)


def _is_small(path: Path) -> bool:
    from simcap.demand.demand import Demand

    try:
        loaded = load(path)
        scenario = loaded.scenario
        days = scenario.horizon.day_count + scenario.horizon.warm_up / 86400
        people = sum(team.agents or 20 for vendor in scenario.vendors.values() for team in vendor.teams.values())
        return (
            days <= 40 and people <= 300 and Demand(scenario, loaded.files).expected_items(int(days))[1].sum() < 50_000
        )
    except SimcapError:
        return False


def _parameters(folder: Path, data: bytes) -> Ended:
    (folder / "parameters.yaml").write_bytes(data)
    path = folder / "uses.yaml"
    path.write_bytes(tree_text({**made.PLAIN, **made.OPEN}))
    return _checked_and_run(path, data.decode("utf-8", "replace"))


def _shocks(folder: Path, data: bytes) -> Ended:
    (folder / "plain.yaml").write_bytes(tree_text(made.PLAIN))
    (folder / "shocks.yaml").write_bytes(data)
    words = ["stress", str(folder / "plain.yaml"), "--shocks", str(folder / "shocks.yaml"), "--only-mine"]
    out = folder / "out"
    given = data.decode("utf-8", "replace")
    end = ended([*words, "--jobs", "1", "--replications", "2", "--force", "--out", str(out)], given, out)
    shutil.rmtree(out, ignore_errors=True)
    return end


def _calibration(folder: Path, data: bytes) -> Ended:
    for name, table in made.history().items():
        if not (folder / f"{name}.csv").exists():
            (folder / f"{name}.csv").write_text(made.text_of(table))
    path = folder / "calibration.yaml"
    path.write_bytes(data)
    return _calibrated(path, data.decode("utf-8", "replace"))


def _calibrated(path: Path, given: str) -> Ended:
    out = path.parent / "out"
    end = ended(["calibrate", str(path), "--no-charts", "--out", str(out)], given, out)
    if not end.fault and not end.code:
        end = _used(path.parent, out / "parameters.yaml", given)
    shutil.rmtree(out, ignore_errors=True)
    return end


def _used(folder: Path, parameters: Path, given: str) -> Ended:
    """Return how a scenario does that uses fitted parameters: what is written, simcap itself must take."""
    shutil.copyfile(parameters, folder / "parameters.yaml")
    path = folder / "uses.yaml"
    path.write_bytes(tree_text({**made.PLAIN, "calibration": "parameters.yaml"}))
    end = ended(["check", str(path)], given)
    refused = end.code and "parameters.yaml:" in end.told and "finite" in end.told
    return end._replace(fault=f"parameters that are written are refused: {end.told[:200]}") if refused else end


def _table_mutator(rng: random.Random, data: bytes) -> bytes:
    """Change the cells below the first line, which says what table it is."""
    role, _, content = data.partition(b"\n")
    if rng.random() < 0.1:
        return role + b"\n" + mutated_bytes(rng, content)
    try:
        table = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"))))
    except csv.Error:
        table = []
    if not table:
        return role + b"\n" + mutated_bytes(rng, content)
    return role + b"\n" + made.text_of(mutated_table(rng, table)).encode("utf-8", "replace")


def _written(folder: Path, content: bytes) -> str:
    """Write a table in one of the formats, which its content decides; return the name of the file."""
    mark = zlib.crc32(content)
    suffix = SUFFIXES[mark % 4]
    path = folder / f"table{suffix}"
    if suffix == ".csv.gz":
        path.write_bytes(gzip.compress(content, mtime=0))
    elif suffix == ".csv":
        path.write_bytes(content)
    else:
        rows = _rows(content, typed=bool(mark // 4 % 4))
        try:
            (_write_workbook if suffix == ".xlsx" else _write_parquet)(path, rows)
        except (ValueError, TypeError, OverflowError, OSError):  # what the format itself cannot hold
            return _as_text(folder, content)
    return path.name


def _as_text(folder: Path, content: bytes) -> str:
    (folder / "table.csv").write_bytes(content)
    return "table.csv"


def _rows(content: bytes, *, typed: bool) -> Table:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))
    except csv.Error:
        rows = []
    return [[_typed(cell) if typed and number else cell for cell in row] for number, row in enumerate(rows)] or [["a"]]


def _typed(cell: str) -> Any:
    for read in (int, float, dt.datetime.fromisoformat):
        try:
            return read(cell)
        except (ValueError, OverflowError):
            continue
    return cell or None


def _write_workbook(path: Path, rows: Table) -> None:
    import openpyxl
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = openpyxl.Workbook()
    sheet = book.active
    for number, row in enumerate(rows[:2000], 1):
        for place, cell in enumerate(row[:100], 1):
            try:
                sheet.cell(number, place, cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell)
            except IllegalCharacterError:
                sheet.cell(number, place, "_x001B_")
    book.save(path)


def _write_parquet(path: Path, rows: Table) -> None:
    width = max(map(len, rows))
    names = [str(name) if name not in rows[0][:place] else f"{name}{place}" for place, name in enumerate(rows[0])]
    names += [f"c{place}" for place in range(len(names), width)]
    columns = {
        name: pd.Series([row[place] if place < len(row) else None for row in rows[1:]], dtype=object).infer_objects()
        for place, name in enumerate(names)
    }
    frame = pd.DataFrame(columns)
    for name in frame:
        if frame[name].map(type).nunique() > 1 and frame[name].dtype == object:
            frame[name] = frame[name].map(lambda cell: None if cell is None or cell != cell else str(cell))
    frame.to_parquet(path, index=False)


def _history(folder: Path, data: bytes) -> Ended:
    """Calibrate with a table in place of one of the history's."""
    role, _, content = data.partition(b"\n")
    return _history_of(folder, role.decode("utf-8", "replace"), _written(folder, content), content)


def _history_of(folder: Path, role: str, name: str, content: bytes) -> Ended:
    document: dict[str, Any] = json.loads(json.dumps(made.CALIBRATION))
    if role in ("volumes", "reports"):
        document = {key: document[key] for key in ("title", "timezone", "from", "to")}
        names = ("queue",) if role == "volumes" else made.REPORTED
        document[role] = {"path": name, "columns": {column: column for column in names}}
        if role == "reports":
            document[role]["columns"] |= {"aht": "handle_s", "wait": "wait_s"}
    elif role == "grid":
        document["attendance"] = {
            "path": name,
            "rows": "grid",
            "timezone": "Europe/London",
            "absent": ["SICK"],
            "table": {"header": 1},
        }
    else:
        document[role if role in document else "items"]["path"] = name
    return _calibration_of(folder, document, content)


def _calibration_of(folder: Path, document: Mapping[str, Any], content: bytes) -> Ended:
    for name, table in made.history().items():
        if not (folder / f"{name}.csv").exists():
            (folder / f"{name}.csv").write_text(made.text_of(table))
    path = folder / "calibration.yaml"
    path.write_bytes(tree_text(document))
    return _calibrated(path, content.decode("utf-8", "replace"))


def _look(folder: Path, data: bytes) -> Ended:
    """Look at a table as a tool may have exported it, then calibrate with the file that was proposed for it."""
    role, _, content = data.partition(b"\n")
    name = _written(folder, content)
    given, path = f"{role.decode('utf-8', 'replace')} {content.decode('utf-8', 'replace')}", folder / "calibration.yaml"
    end = ended(["calibrate", "--look", str(folder / name), "--out", str(folder)], given)
    if not end.fault and not end.code:
        end = _calibrated(path, given)
        if "is not YAML" in end.told or "is not a key" in end.told:
            end = end._replace(fault=f"a proposal that cannot be read: {end.told[:200]}")
    path.unlink(missing_ok=True)
    return end


def _data(folder: Path, data: bytes) -> Ended:
    """Check and run the plain desk with a data file."""
    role, _, content = data.partition(b"\n")
    return _data_of(folder, role.decode("utf-8", "replace"), _written(folder, content), content)


def _data_of(folder: Path, role: str, name: str, content: bytes) -> Ended:
    document = json.loads(json.dumps(made.PLAIN))
    queue, team = document["queues"]["mail"], document["vendors"]["north"]["teams"]["day"]
    if role == "volumes":
        queue["arrivals"] = {"file": {"path": name, "as": "actual" if len(content) % 2 else "forecast"}}
    elif role == "trace":
        queue["arrivals"] = {"trace": name}
    elif role == "people":
        team["roster"] = name
        del team["agents"]
    elif role == "duty":
        team["duty"] = name
        del team["agents"], team["shift"]
    elif role == "rates":
        queue["arrivals"]["profile"] = name
    else:
        queue["handle_time"] = {"empirical": name}
    path = folder / "scenario.yaml"
    path.write_bytes(tree_text(document))
    return _checked_and_run(path, content.decode("utf-8", "replace"))


def _container(folder: Path, data: bytes) -> Ended:
    """Read a workbook, a Parquet file or a packed text of which bytes have been changed."""
    head, _, content = data.partition(b"\n")
    role, _, suffix = head.decode("utf-8", "replace").partition(" ")
    name = f"table{suffix if suffix in SUFFIXES else '.csv'}"
    (folder / name).write_bytes(content)
    return (_data_of if role in made.data() else _history_of)(folder, role, name, b"")


def _packed(role: str, table: Table, suffix: str, folder: Path) -> bytes:
    path = folder / f"seed{suffix}"
    content = made.text_of(table).encode()
    if suffix == ".csv.gz":
        path.write_bytes(gzip.compress(content, mtime=0))
    else:
        (_write_workbook if suffix == ".xlsx" else _write_parquet)(path, _rows(content, typed=True))
    return f"{role} {suffix}\n".encode() + path.read_bytes()


def _container_mutator(rng: random.Random, data: bytes) -> bytes:
    head, _, content = data.partition(b"\n")
    return head + b"\n" + mutated_bytes(rng, content)


def _tables(tables: Mapping[str, Table]) -> tuple[bytes, ...]:
    return tuple(f"{role}\n{made.text_of(table)}".encode() for role, table in tables.items())


def targets(folder: Path) -> dict[str, Target]:
    """Return all kinds of inputs by name; `folder` is for what seeds are made with."""
    shipped = _shipped()
    fitted = _tree((ROOT / "calibration" / "2026-q3" / "parameters.yaml").read_bytes())
    for queue in fitted["queues"].values():
        if "arrivals" in queue:
            queue["arrivals"]["per_week"] /= 50
    events = json.loads(json.dumps(made.DESK["events"]).replace("2026-10-2", "2026-03-1"))
    patches = {name: {"events": {name: event}} for name, event in events.items()}
    more = {
        "more": {"queues": {"mail": {"arrivals": {"per_day": 50}}}},
        "fewer": {"vendors": {"north": {"attrition": None}}},
    }
    tables = {**made.history(), **made.data()}
    return {
        "scenario": Target(
            tuple(map(tree_text, (made.DESK, made.PLAIN, *shipped))),
            _yaml_mutator((made.DESK, made.DESK, *shipped)),
            _scenario,
        ),
        "parameters": Target((tree_text(fitted),), _yaml_mutator((fitted, made.DESK)), _parameters),
        "shocks": Target((tree_text(more), tree_text(patches)), _yaml_mutator((made.DESK, patches, *shipped)), _shocks),
        "calibration": Target((tree_text(made.CALIBRATION),), _yaml_mutator((made.CALIBRATION, _rich())), _calibration),
        "data": Target(_tables(made.data()), _table_mutator, _data),
        "history": Target(_tables(made.history()), _table_mutator, _history),
        "look": Target(_tables(made.history()), _table_mutator, _look),
        "container": Target(
            tuple(
                _packed(role, tables[role], suffix, folder)
                for role in ("items", "volumes", "people", "grid")
                for suffix in SUFFIXES[1:]
            ),
            _container_mutator,
            _container,
        ),
    }  # fmt: skip


def _rich() -> dict[str, Any]:
    """Return a calibration file with what the other one leaves out."""
    table = {"sheet": 1, "header": [1, 2], "encoding": "cp1252", "separator": ";", "decimal": ",", "thousands": ".",
             "times": ["%d/%m/%Y %H:%M", "day first"], "skip": ["Total"], "fill_down": ["queue"]}  # fmt: skip
    return {
        "volumes": {"path": "volumes.csv", "columns": {"queue": "queue"}, "table": table},
        "reports": [{"path": "reports.csv", "columns": {"queue": "queue", "offered": "offered"}, "profile": "office"}],
        "attendance": {"path": "grid.csv", "rows": "grid", "floor": ["OFF"], "absent": ["SICK"]},
        "staffing": {"interval": "15 min", "rule": "priority", "longest": "4 h"},
        "timezones": {"mail": "America/Bogota"},
        "items": {"files": [{"path": "*.csv", "vendor": "north", "queue": "mail"}], "queues": {"mail": "mail"},
                  "rows": "events", "events": {"created": "new", "completed": ["done"]}},
        "backtest": {"first": "2026-03-30", "days": 7, "replications": 4},
    }  # fmt: skip
