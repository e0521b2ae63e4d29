"""Rows of one width are read another way than others; what they say is the same."""

import csv
import io
import random

import pandas as pd
import pytest

from simcap.tables import text

SIGNS = ["a", " ", '"', ",", "é", "", "NA", "1", "\t", "\u65e5"]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_both_ways_of_reading_give_the_same_cells(ends: str, quoting: int) -> None:
    draw = random.Random(f"{ends}{quoting}")
    for _ in range(100):
        width, below = draw.randint(2, 4), draw.randint(0, 2)
        file = io.StringIO()
        rows = [["".join(draw.choices(SIGNS, k=draw.randint(0, 4))) for _ in range(width)] for _ in range(5)]
        csv.writer(file, lineterminator=ends, quoting=quoting).writerows(rows)
        content = file.getvalue().encode()
        places = draw.sample(range(width), 2)
        even, whole = (text._read_even(content, ",", places, width, begin) for begin in (below, 0))
        assert even is not None
        assert whole is not None
        assert even[places].to_numpy().tolist() == [[row[place] for place in places] for row in rows[below:]]
        other = text._read_any(content, ",", places, width, 0)
        pd.testing.assert_frame_equal(whole[places], other[places])


@pytest.mark.parametrize("odd", ["1,2", "1,2,3,,", '1,2,"3', "1,2\r3,4"])
def test_rows_of_another_width_are_left_to_the_other_way(odd: str) -> None:
    assert text._read_even(f"a,b,c\n1,2,3\n{odd}\n4,5,6\n".encode(), ",", [0, 2], 3, 1) is None


def test_a_cell_may_go_over_lines() -> None:
    content = b'"the\nqueue",b\n"one\ntwo",3\nfour,5\n'
    cells = text.read_cells(content, ",", [0, 1], 2, 1)
    assert cells.to_numpy().tolist() == [["one\ntwo", "3"], ["four", "5"]]
    assert cells.index.tolist() == [1, 2]


def test_a_blank_line_is_a_row_of_blank_cells() -> None:
    cells = text.read_cells(b"a,b\n1,2\n\n3,4\n", ",", [0, 1], 2, 1)
    assert cells.to_numpy().tolist() == [["1", "2"], ["", ""], ["3", "4"]]
    assert cells.index.tolist() == [1, 2, 3]


def test_a_header_alone_has_no_rows() -> None:
    assert len(text.read_cells(b"a,b\n", ",", [0, 1], 2, 1)) == len(text.read_cells(b"a,b", ",", [0, 1], 2, 1)) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_control_characters_of_a_history_are_harmless(encoding: str) -> None:
    content = "queue\tn\r\n\x1b]0;pwn\x07é\t\x9b2J\x00\x7f\r\n".encode(encoding)
    assert text.as_utf8(content, encoding).decode().replace("??2J", "?2J") == "queue\tn\r\n?]0;pwn?é\t?2J??\r\n"
