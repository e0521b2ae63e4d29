"""Letters for terminals that have few."""

from __future__ import annotations

import io

import pytest

from simcap.cli.plain import write_plainly


@pytest.mark.parametrize(
    ("encoding", "written"), [("ascii", "95% +-1 - Z?rich > # ?..."), ("utf-8", "95% ±1 – Zürich → ● é…")]
)
def test_what_an_encoding_lacks_is_written_with_the_nearest(encoding: str, written: str) -> None:
    below = io.BytesIO()
    stream = io.TextIOWrapper(below, encoding=encoding)
    write_plainly(stream, io.StringIO())
    stream.write("95% ±1 – Zürich → ● é…")
    stream.flush()
    assert below.getvalue().decode(encoding) == written


def test_other_errors_of_writing_stay_errors() -> None:
    with pytest.raises(UnicodeDecodeError, match="0xff"):
        b"\xff".decode("ascii", errors="simcap.nearest")
