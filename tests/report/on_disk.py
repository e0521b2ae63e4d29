"""Made-up results as a run would have left them on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simcap.experiment.manifest import hash_of
from simcap.experiment.plain_json import json_text
from simcap.experiment.replicate import Outcome
from simcap.experiment.results import Results
from simcap.experiment.store import save_outcome
from simcap.experiment.summary import summary_of

VERSIONS = {"simcap": "0.1.0", "python": "3.11.0"}


def write_run(results: Results, document: dict[str, Any], folder: Path) -> Path:
    """Write results into a new folder, with the manifest that states this document."""
    folder.mkdir(parents=True)
    results.write(folder)
    manifest = {
        "name": results.scenario.name, "scenario": document, "data": {}, "hash": "0" * 64, "seed": results.seed,
        "parameters": "point", "fitted": [], "scaled": [], "replications": results.replications,
        "periods": list(results.layout.windows), "versions": VERSIONS,
    }  # fmt: skip
    (folder / "replications").mkdir()
    for number in range(results.replications):
        figures = {key: values[number] for key, values in results.figures.arrays.items()}
        drawn = {path: float(values[number]) for path, values in results.drawn.items()}
        save_outcome(
            folder / "replications" / f"{number:05d}.npz", Outcome(number, figures, drawn, ()), hash_of(manifest)
        )
    (folder / "summary.json").write_text(json_text(summary_of(results)), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder
