"""The rules of routing: every name of the grammar has its flags, and each another pair."""

from __future__ import annotations

from typing import get_args

from simcap.floor.routing import RULES
from simcap.scenario.schema.queues import Routing


def test_every_rule_of_the_grammar_has_its_flags() -> None:
    assert set(RULES) == set(get_args(Routing.model_fields["rule"].annotation))


def test_no_two_rules_are_the_same() -> None:
    assert len(set(RULES.values())) == len(RULES)
