"""What the page tells of a server in a scene, taken from what was measured."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from benchmarks.live.measuring import Measured, Scene, Stretch


@dataclass(frozen=True, slots=True)
class Figures:
    """One server in one scene; milliseconds, unless the name says something else.

    `p50` to `longest` from the moment that the request of the message is written, `after_p50` and `after_p99` from when
    its answer is there. `nobody`, `one` and `everybody` are the server's processor time for one message by who follows,
    `database_nobody` and `database` MongoDB's. `delivery_us` is what a message costs the server more than without
    anybody, for each whom it reaches; of the two stretches without anybody the cheaper one counts. `idle` and `busy`
    are shares of a core in a hundred: of the server while nothing is sent, of the load while everybody listens, and
    `database_busy` is MongoDB's then. `late` is how far behind its time a message was sent at most.
    """

    p50: float
    p99: float
    longest: float
    after_p50: float
    after_p99: float
    delivery_us: float
    nobody: float
    one: float
    everybody: float
    database_nobody: float
    database: float
    kilobytes: float
    idle_megabytes: float
    most_megabytes: float
    opened_seconds: float
    idle: float
    busy: float
    database_busy: float
    late: float

    @staticmethod
    def of(measured: Measured, scene: Scene) -> "Figures":
        """Those of one measurement."""
        sent, (before, rested, at_end) = measured.everybody.sent, measured.memory
        everybody = _each(measured.everybody, measured.everybody.server)
        without = min((measured.nobody, measured.afterwards), key=lambda stretch: _each(stretch, stretch.server))
        nobody = _each(without, without.server)
        return Figures(
            p50=sent.from_request.p50,
            p99=sent.from_request.p99,
            longest=sent.from_request.longest,
            after_p50=sent.from_answer.p50,
            after_p99=sent.from_answer.p99,
            delivery_us=(everybody - nobody) * 1000 * sent.inserts / sent.deliveries,
            nobody=nobody,
            one=_each(measured.one, measured.one.server),
            everybody=everybody,
            database_nobody=_each(without, without.database),
            database=_each(measured.everybody, measured.everybody.database),
            kilobytes=(rested - before) / scene.subscribers / 2**10,
            idle_megabytes=rested / 2**20,
            most_megabytes=max(rested, at_end) / 2**20,
            opened_seconds=measured.opened,
            idle=measured.idle * 100,
            busy=sent.busy * 100,
            database_busy=measured.everybody.database / sent.seconds * 100,
            late=sent.late,
        )

    @staticmethod
    def median(several: Sequence["Figures"]) -> "Figures":
        """The median of each figure, and the worst of how late messages were sent."""
        figures = [asdict(one) for one in several]
        medians = Figures(**{name: statistics.median(figure[name] for figure in figures) for name in figures[0]})
        return replace(medians, late=max(one.late for one in several))


def _each(stretch: Stretch, seconds: float) -> float:
    """Milliseconds for each message of the stretch."""
    return seconds * 1000 / stretch.sent.inserts


def commands(measured: Measured) -> Mapping[str, tuple[float, float, float]]:
    """How many of each command one message costs the database: with nobody, one, and everybody who follows."""
    stretches = (measured.nobody, measured.one, measured.everybody)
    names = sorted({name for stretch in stretches for name in stretch.commands})
    found = {}
    for name in names:
        none, one, everybody = (stretch.commands.get(name, 0) / stretch.sent.inserts for stretch in stretches)
        found[name] = (none, one, everybody)
    return found
