"""Changes of inputs that keep most of their structure: of the tree of a YAML file, of the cells of a table."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Table = list[list[Any]]

NUMBERS = (
    0, -0.0, 1, -1, 2, 7, 0.5, 1e-9, 1e-300, 5e-324, 1e3, 1e6, 1e9, 1e12, 1e15, 1e300, 1e308, -1e308, 2**31, 2**53,
    2**63 - 1, -(2**63), 99.9999, 1.0000001, 0.9999999999, 100, 101,
)  # fmt: skip
TEXTS = (
    "", " ", "0", "nan", "inf", "-inf", ".nan", "1e308", "null", "true", "0 s", "1 ms", "0.000001 s", "1 s", "1 min",
    "1 h", "1 day", "200 years", "201 years", "1e300 s", "-1 h", "0%", "100%", "101%", "-5%", "99.9999999%",
    "1e-300%", "1e9%", "9% per month", "99.99999% per day", "0-13 weeks", "52+ weeks", "00:00", "24:00", "23:59:59",
    "25:00", "0001-01-01", "9999-12-31", "1970-01-01", "2026-02-29", "2026-03-29 01:30", "2026-10-25 01:30:00",
    "2026-10-05T00:00:00Z", "2026-10-05T00:00:00+14:00", "05/10/2026", "10-05-2026", "1 of 1", "1 of 99999999999",
    "0 of 7", "7 of 7", "Mon-Sun", "Sun-Mon", "UTC", "Europe/London", "Asia/Kathmandu", "Antarctica/Troll",
    "Etc/GMT+14", "flat", "social", "own", "origin", "GB", "DE-BY", "mail", "chat", "north", "a" * 300, "\x1b[2J",
    "\u202e", "\ud800", "日本", "🙂", "é", "../../etc/passwd", "/dev/zero", "/", ".", "~", "-", "=1+1", "{}", "[]",
    "%s", "\\", "'", '"', "a.b.c", "queues.mail.arrivals.per_day",
)  # fmt: skip


def odd_value(rng: random.Random) -> Any:
    """Return a number or a text that something may stumble over."""
    return rng.choice(NUMBERS) if rng.random() < 0.45 else rng.choice(TEXTS)


def near(rng: random.Random, value: Any) -> Any:
    """Return a value like another: a number times or plus something, a text with a part of it changed."""
    if isinstance(value, bool) or value is None:
        return rng.choice((True, False, None, 0, "true"))
    if isinstance(value, (int, float)):
        return rng.choice((value * 10 ** rng.randint(-9, 9), value + 1, value - 1, -value, float(value), str(value)))
    number, space, unit = str(value).partition(" ")
    if unit and number.replace(".", "").isdigit():
        changed = float(number) * 10 ** rng.randint(-6, 6) if rng.random() < 0.7 else number
        return f"{changed}{space}{rng.choice((unit, 'ms', 's', 'min', 'h', 'days', 'weeks', 'years', '%'))}"
    text = str(value)
    place = rng.randrange(len(text) + 1)
    middle = rng.choice(("", "9", "0", "-", " ", ":", "%", "\t", "é", text[place : place + 1] * 2))
    return text[:place] + middle + text[place + rng.randint(0, 2) :]


def mutated_tree(rng: random.Random, tree: Any, donor: Any) -> Any:
    """Return a tree with one to four changes; parts may come from another tree."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        known = list(places(tree))
        if not known:
            return odd_value(rng)
        holder, key = rng.choice(known)
        rng.choice(_TREE_CHANGES)(rng, holder, key, donor)
    return tree


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place of a tree as what holds it, and the key or index there."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, child in items:
        yield tree, key
        yield from places(child)


def _set_odd(rng: random.Random, holder: Any, key: Any, _: Any) -> None:
    holder[key] = odd_value(rng)


def _set_near(rng: random.Random, holder: Any, key: Any, _: Any) -> None:
    if not isinstance(holder[key], (dict, list)):
        holder[key] = near(rng, holder[key])
    elif isinstance(holder[key], list) and holder[key]:
        holder[key] = holder[key] * rng.choice((0, 2, 50))


def _drop(_: random.Random, holder: Any, key: Any, __: Any) -> None:
    del holder[key]


def _null(rng: random.Random, holder: Any, key: Any, _: Any) -> None:
    holder[key] = rng.choice((None, {}, [], [None], {"": None}))


def _rename(rng: random.Random, holder: Any, key: Any, donor: Any) -> None:
    if isinstance(holder, dict):
        names = [other for other_holder, other in places(donor) if isinstance(other_holder, dict)]
        new = rng.choice(names) if names and rng.random() < 0.7 else str(odd_value(rng))
        value = holder[key] if rng.random() < 0.5 else holder.pop(key)
        holder[new] = copy.deepcopy(value)


def _transplant(rng: random.Random, holder: Any, key: Any, donor: Any) -> None:
    """Put a part of the other tree here: one that stands under the same key, if there is any."""
    parts = [other[name] for other, name in places(donor) if name == key] or [
        other[name] for other, name in places(donor)
    ]
    if parts:
        holder[key] = copy.deepcopy(rng.choice(parts))


def _graft(rng: random.Random, holder: Any, _: Any, donor: Any) -> None:
    """Add a part of the other tree under its own key."""
    parts = [(other, name) for other, name in places(donor) if isinstance(other, dict)]
    if parts and isinstance(holder, dict):
        other, name = rng.choice(parts)
        holder[name] = copy.deepcopy(other[name])


def _wrap(rng: random.Random, holder: Any, key: Any, _: Any) -> None:
    holder[key] = rng.choice(([holder[key]], {"value": holder[key]}, {"uniform": [holder[key], holder[key]]}))


TreeChange = Callable[[random.Random, Any, Any, Any], None]
_TREE_CHANGES: tuple[TreeChange, ...] = (
    _set_odd, _set_odd, _set_near, _set_near, _drop, _null, _rename, _transplant, _transplant, _graft, _wrap,
)  # fmt: skip


def tree_text(tree: Any) -> bytes:
    """Return a tree as text that YAML reads; half of a character and what is not finite stay in it."""
    return json.dumps(tree, indent=1).encode("utf-8", "surrogatepass")


def mutated_table(rng: random.Random, table: Table) -> Table:
    """Return a table, its header first, with one to three changes."""
    table = [list(row) for row in table]
    for _ in range(rng.choice((1, 1, 2, 3))):
        rng.choice(_TABLE_CHANGES)(rng, table)
        if not table:
            break
    return table


def _cells(rng: random.Random, table: Table) -> None:
    for _ in range(rng.choice((1, 1, 3, 30))):
        row = rng.choice(table)
        if row:
            place = rng.randrange(len(row))
            row[place] = odd_value(rng) if rng.random() < 0.6 else near(rng, row[place])


def _column(rng: random.Random, table: Table) -> None:
    """Change all cells of a column below the header: to one value, none, or each to one near it."""
    place = rng.randrange(max(len(table[0]), 1))
    kind, value, pair = rng.randrange(5), odd_value(rng), (odd_value(rng), odd_value(rng))
    suffix = rng.choice(("T00:00:00Z", " 00:00", "Z", "+05:30", "%", " s", ".0", "h"))
    for row in table[1:]:
        if place < len(row):
            row[place] = (value, "", near(rng, row[place]), rng.choice(pair), f"{row[place]}{suffix}")[kind]


def _drop_column(rng: random.Random, table: Table) -> None:
    place = rng.randrange(max(len(table[0]), 1))
    for row in table:
        del row[place : place + 1]


def _swap_columns(rng: random.Random, table: Table) -> None:
    one, other = (rng.randrange(max(len(table[0]), 1)) for _ in range(2))
    for row in table[rng.randint(0, 1) :]:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]


def _rename_column(rng: random.Random, table: Table) -> None:
    if table[0]:
        table[0][rng.randrange(len(table[0]))] = rng.choice((*table[0], odd_value(rng)))


def _rows(rng: random.Random, table: Table) -> None:
    """Leave few rows, none, or those of a part; repeat or turn them around."""
    body = table[1:]
    at = rng.randrange(len(body) + 1)
    table[1:] = rng.choice((body[:1], [], body[at:], body[:at], body[:2], body + body, body[::-1], body[:3] * 20))


def _shuffle(rng: random.Random, table: Table) -> None:
    body = table[1:]
    rng.shuffle(body)
    table[1:] = body


def _lose(rng: random.Random, table: Table) -> None:
    """Cut or lengthen a row; lose the header; put rows above it."""
    kind = rng.randrange(4)
    row = rng.choice(table)
    if kind == 0:
        del row[rng.randrange(len(row) + 1) :]
    elif kind == 1:
        row += [odd_value(rng)] * rng.choice((1, 2, 300))
    elif kind == 2:
        del table[0]
    else:
        table.insert(0, rng.choice(([], ["Report of March"], [odd_value(rng)] * 3)))


TableChange = Callable[[random.Random, Table], None]
_TABLE_CHANGES: tuple[TableChange, ...] = (
    _cells, _cells, _cells, _column, _column, _drop_column, _swap_columns, _rename_column, _rows, _rows, _shuffle,
    _lose,
)  # fmt: skip


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    """Return bytes with a few flipped, cut, doubled or put in."""
    content = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        at = rng.randrange(len(content) + 1)
        kind = rng.randrange(4)
        if kind == 0 and content:
            content[at % len(content)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del content[at : at + rng.choice((1, 4, 100, 100_000))]
        elif kind == 2:
            content[at:at] = content[at : at + rng.choice((1, 16, 400))]
        else:
            content[at:at] = rng.choice(
                (b"\0", b"\xff\xfe", b"\n", b'"', b"\x1b[2J", b"&a ", b"*a ", b"9" * 20, b": ", b"- ")
            )
    return bytes(content)
