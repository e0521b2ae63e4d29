"""Ciw (Palmer, Knight, Harper, Hawa 2019): one node; shifts by its schedules, skills by a node of one's own.

Ciw has schedules of servers, but no skills, and it does not choose the server that was idle longest: `SkilledNode` adds
both in the places that its guide gives for it. Service times are drawn by Ciw; arrivals are its Poisson process with
rates by hour.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import ciw
import numpy as np

from benchmarks.work import HOUR, Outcome, Work, agents_blocks, lognormal, outcome


class SkilledServer(ciw.Server):  # type: ignore[misc]
    """A server that knows since when it is idle."""

    idle_since = 0.0


class SkilledNode(ciw.Node):  # type: ignore[misc]
    """A node whose servers take the oldest of the first of their skills, and of whom the longest idle is chosen."""

    def find_free_server(self, ind: Any) -> Any:
        """Return the free server with the skill that has been idle longest."""
        able = self.simulation.able[ind.customer_class]
        free = [server for server in self.servers if not server.busy and server.id_number in able]
        return min(free, key=lambda server: server.idle_since, default=None)

    def begin_service_if_possible_accept(self, next_individual: Any) -> None:
        """Serve the one who arrives if somebody is free; those who wait have nobody, or they would not."""
        next_individual.arrival_date = self.now
        server = self.find_free_server(next_individual)
        if server is not None:
            self.serve(server, next_individual)

    def begin_service_if_possible_release(self, next_individual: Any, newly_free_server: Any) -> None:
        """Take the oldest of the first skill that has one."""
        del next_individual
        newly_free_server.idle_since = self.now
        waiting = [ind for ind in self.individuals[0] if not ind.server]
        for name in self.simulation.skills[newly_free_server.id_number]:
            for ind in waiting:
                if ind.customer_class == name:
                    return self.serve(newly_free_server, ind)
        return None

    def serve(self, server: Any, ind: Any) -> None:
        """Begin a service."""
        self.attach_server(server, ind)
        ind.service_start_date = self.now
        self.give_individual_a_service_time(ind)
        ind.service_end_date = self.now + ind.service_time
        self.number_in_service += 1
        server.next_end_service_date = ind.service_end_date


def simulate(work: Work, seed: int) -> Outcome:
    """Simulate the work once."""
    began = perf_counter()
    ciw.seed(seed)
    classes = [f"q{queue}" for queue in range(len(work.handle_mean))]
    mu, sigma = lognormal(work)
    network = ciw.create_network(
        arrival_distributions={name: [_arrivals(work, queue)] for queue, name in enumerate(classes)},
        service_distributions={
            name: [ciw.dists.Lognormal(mean, sd)] for name, mean, sd in zip(classes, mu, sigma, strict=True)
        },
        number_of_servers=[_servers(work)],
        routing={name: [[0.0]] for name in classes},
    )
    if len(classes) == 1:
        simulation = ciw.Simulation(network)
    else:
        simulation = ciw.Simulation(network, node_class=SkilledNode, server_class=SkilledServer)
        rows = [[f"q{queue}" for queue in row if queue >= 0] for row in work.skills.tolist()]
        simulation.skills = dict(enumerate(rows, 1))
        simulation.able = {name: {number for number, row in enumerate(rows, 1) if name in row} for name in classes}
    simulation.simulate_until_max_time(work.horizon)
    return _counted(began, simulation, classes)


def _arrivals(work: Work, queue: int) -> Any:
    rates = work.rates[queue] / HOUR
    if np.ptp(rates) == 0:
        return ciw.dists.Exponential(rate=float(rates[0]))
    ends = [HOUR * hour for hour in range(1, len(rates) + 1)]
    return ciw.dists.PoissonIntervals(rates=rates.tolist(), endpoints=ends, max_sample_date=work.horizon)


def _servers(work: Work) -> Any:
    """Return the number of agents, or how many are there between the moments at which some come or go."""
    on, off = np.array([(block[0], block[-1]) for blocks in agents_blocks(work) for block in _whole(blocks)]).T
    bounds = sorted({0.0, work.horizon, *on.tolist(), *off[off < work.horizon].tolist()})
    there = [int(((on <= begin) & (off > begin)).sum()) for begin in bounds[:-1]]
    if len(there) == 1:
        return there[0]
    return ciw.Schedule(numbers_of_servers=there, shift_end_dates=bounds[1:], preemption=False)


def _whole(blocks: list[tuple[float, float]]) -> list[list[float]]:
    """Return blocks as one where the next begins as one ends."""
    whole: list[list[float]] = []
    for on, off in blocks:
        if whole and whole[-1][1] == on:
            whole[-1][1] = off
        else:
            whole.append([on, off])
    return whole


def _counted(began: float, simulation: Any, classes: list[str]) -> Outcome:
    wait, taken, completed, items = np.zeros(len(classes)), np.zeros(len(classes), int), 0, 0
    for record in simulation.get_all_records(include_incomplete=True):
        items += 1
        completed += record.record_type == "service"
        if record.service_start_date is not None:
            queue = int(record.original_customer_class[1:])
            wait[queue] += record.waiting_time
            taken[queue] += 1
    return outcome(began, items, completed, wait, taken)
