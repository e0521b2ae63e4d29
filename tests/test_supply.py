"""What comes with simcap may be used at work, and none of it speaks to the network."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docs.licences import Package, packages
from simcap.cli import main

from .helpers import BASE


def test_every_package_that_is_installed_may_be_used_at_work() -> None:
    assert len(packages()) > 20
    assert [package for package in packages() if not package.is_free] == []


@pytest.mark.parametrize("licence", ["GPL-3.0", "MIT AND AGPL-3.0-only", "unknown", "Proprietary"])
def test_other_licences_are_refused(licence: str) -> None:
    assert not Package("other", licence, "simcap").is_free


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Deny every address but those of this machine's own sockets, to worker processes as well; note who asked."""
    log = tmp_path / "asked"

    def denied(*arguments: Any, **_: Any) -> None:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{arguments}\n")
        raise OSError("the network is denied")

    connect = socket.socket.connect

    def local_only(own: socket.socket, address: Any) -> None:
        if own.family != socket.AF_UNIX:
            denied(address)
        connect(own, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)
    monkeypatch.setattr(socket, "getaddrinfo", denied)
    yield log
    assert not log.exists(), log.read_text(encoding="utf-8")


def test_no_command_asks_for_an_address(offline: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.yaml"
    small.write_text(BASE, encoding="utf-8")
    for arguments in (["check", small], ["run", small, "-n", 4, "--jobs", 2, "--out", tmp_path / "run"]):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
    assert (tmp_path / "run" / "report.html").exists()
    assert not offline.exists()


def test_an_attempt_would_be_seen(offline: Path) -> None:
    with pytest.raises(OSError, match="the network is denied"):
        socket.create_connection(("192.0.2.1", 80))
    assert "80" in offline.read_text(encoding="utf-8")
    offline.unlink()
