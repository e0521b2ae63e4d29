"""What a name may be on disk: the one place that makes names of folders and files of those of scenarios and queues."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

LONGEST: Final = 150
"""Most bytes of a name on disk. File systems allow 255, of which endings and what is kept aside take some."""


def folder_name(name: str) -> str:
    """Return the name of the folder that results of a scenario of this name land in."""
    return short(name.lower().replace(" ", "-"))


def file_names(keys: Sequence[str]) -> dict[str, str]:
    """Return unique names that every file system accepts, by key."""
    names: dict[str, str] = {}
    used: set[str] = set()
    for key in keys:
        name = short(re.sub(r"[^\w.-]+", "-", key).strip("-.") or "queue")
        number = 1
        while (unique := name if number == 1 else f"{name}-{number}").lower() in used:
            number += 1
        used.add(unique.lower())
        names[key] = unique
    return names


def short(name: str) -> str:
    """Return a name as it is or, if it is too long, its beginning and a hash of all of it."""
    content = name.encode()
    if len(content) <= LONGEST:
        return name
    digest = hashlib.sha256(content).hexdigest()[:8]
    return f"{content[: LONGEST - len(digest) - 1].decode(errors='ignore')}-{digest}"
