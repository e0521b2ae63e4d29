"""The files for clusters in docs: manifests whose parts fit together, and commands that Dask and simcap understand."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from simcap.cli import main

pytest.importorskip("distributed", reason="needs the extra simcap[cluster]")
FOLDER = Path(__file__).parents[1] / "docs" / "cluster"
MANIFESTS: list[Any] = list(YAML(typ="safe", pure=True).load_all((FOLDER / "kubernetes.yaml").read_text()))
VERSIONS = {
    "Deployment": "apps/v1",
    "Service": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    "PersistentVolumeClaim": "v1",
    "Job": "batch/v1",
}
"""The kinds used, and the version of the interface that has each."""
FIELDS = {
    "Deployment": {"replicas", "selector", "template"},
    "Service": {"selector", "ports"},
    "NetworkPolicy": {"podSelector", "policyTypes", "ingress"},
    "PersistentVolumeClaim": {"accessModes", "resources"},
    "Job": {"backoffLimit", "template"},
}
"""What each says under `spec`."""
POD = {"containers", "securityContext", "volumes", "restartPolicy"}
CONTAINER = {"name", "image", "args", "env", "ports", "readinessProbe", "resources", "volumeMounts"}
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
AMOUNT = re.compile(r"\d+(m|Mi|Gi)?")


def pods() -> list[tuple[dict[str, str], dict[str, Any]]]:
    """Return the labels and the contents of the pods."""
    found = [one["spec"]["template"] for one in MANIFESTS if "template" in one["spec"]]
    return [(one["metadata"]["labels"], one["spec"]) for one in found]


def called(name: str) -> Any:
    return next(one for one in MANIFESTS if one["metadata"]["name"] == name and one["kind"] != "Job")


@pytest.mark.parametrize("one", MANIFESTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_a_manifest_has_the_fields_of_its_kind(one: dict[str, Any]) -> None:
    assert set(one) == {"apiVersion", "kind", "metadata", "spec"}
    assert one["apiVersion"] == VERSIONS[one["kind"]]
    assert set(one["spec"]) == FIELDS[one["kind"]]
    assert NAME.fullmatch(one["metadata"]["name"])
    assert one["metadata"]["labels"]["app"] == "simcap"


@pytest.mark.parametrize(("labels", "pod"), pods(), ids=lambda value: value.get("part"))
def test_a_pod_has_its_bounds_and_mounts_what_it_has(labels: dict[str, str], pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert set(pod) <= POD
    assert set(container) <= CONTAINER
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["name"] == labels["part"]
    assert all(isinstance(word, str) for word in container["args"]), "Kubernetes takes text only"
    assert all(isinstance(one["value"], str) and set(one) == {"name", "value"} for one in container.get("env", []))
    for amounts in container["resources"].values():
        assert set(amounts) <= {"cpu", "memory"}
        assert all(AMOUNT.fullmatch(amount) for amount in amounts.values())
    assert {one["name"] for one in container.get("volumeMounts", [])} == {one["name"] for one in pod.get("volumes", [])}


def test_selectors_ports_and_claims_lead_somewhere() -> None:
    scheduler, worker = called("simcap-scheduler"), called("simcap-worker")
    for one in (scheduler, worker):
        assert one["spec"]["selector"]["matchLabels"] == one["spec"]["template"]["metadata"]["labels"]
    service = next(one for one in MANIFESTS if one["kind"] == "Service")
    assert service["spec"]["selector"] == scheduler["spec"]["selector"]["matchLabels"]
    (container,) = scheduler["spec"]["template"]["spec"]["containers"]
    (port,) = service["spec"]["ports"]
    assert [port["targetPort"]] == [one["name"] for one in container["ports"]]
    assert [port["port"]] == [one["containerPort"] for one in container["ports"]]
    assert container["readinessProbe"]["tcpSocket"]["port"] == port["targetPort"]
    address = f"tcp://{service['metadata']['name']}:{port['port']}"
    words = [one["spec"]["template"]["spec"]["containers"][0]["args"] for one in MANIFESTS if "template" in one["spec"]]
    assert [address in one for one in words] == [False, True, True]
    claims = [one["metadata"]["name"] for one in MANIFESTS if one["kind"] == "PersistentVolumeClaim"]
    used = [
        volume.get("persistentVolumeClaim", {}).get("claimName")
        for _, pod in pods()
        for volume in pod.get("volumes", [])
    ]
    assert claims == [name for name in used if name]
    assert len({pod["containers"][0]["image"] for _, pod in pods()}) == 1, "all of one image"
    digits = [pod["containers"][0].get("env") for labels, pod in pods() if labels["part"] != "scheduler"]
    assert digits[0] == digits[1] is not None, "the same arithmetic"


def commands() -> list[list[str]]:
    """Return the commands of Dask and simcap in the manifests and scripts."""
    texts = [script.read_text().replace("\\\n", " ") for script in sorted(FOLDER.glob("*.sh"))]
    code = "\n".join(line.partition("# ")[0] for text in texts for line in text.splitlines())
    lines = re.findall(r"\b(?:dask (?:scheduler|worker)|simcap run) .*", code)
    return [*(pod["containers"][0]["args"] for _, pod in pods()), *map(_words, lines)]


def _words(line: str) -> list[str]:
    """Return the words of a line of a script, with something in the place of what the shell fills in."""
    line = re.sub(r'"?\$\{[^}]*\}"?|"outputs/\$\([^)]*\)"', "/tmp/x", line)
    line = re.sub(r'"?\$scheduler"?', "tcp://host:8786", line)
    line = re.sub(r'"\$port"', "8786", line)
    return [word.strip('"') for word in re.sub(r'"\$1"', "a.yaml", line).rstrip("& ").split()]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_commands_are_understood(words: list[str]) -> None:
    from distributed.cli.dask_scheduler import main as scheduler
    from distributed.cli.dask_worker import main as worker

    known: dict[str, Any] = {"scheduler": scheduler, "worker": worker}
    command = known[words[1]] if words[0] == "dask" else main.get_command(click.Context(main), words[1])
    with click.Context(command) as context:
        command.parse_args(context, words[2:])
    assert context.params.get("cluster", "tcp://").startswith("tcp://")


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.sh")), ids=lambda path: path.stem)
def test_scripts_are_of_bash(script: Path) -> None:
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert script.read_text().startswith("#!/usr/bin/env bash\n")


def test_as_many_commands_as_files_have() -> None:
    assert len(commands()) == 3 + 2 + 1 + 3
