"""Every write, every fault, run again: one pull request, each paper once, people's work intact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from arxiv_watch.demo.github_server import Exchange
from arxiv_watch.errors import ForgeError
from arxiv_watch.forge.page.blocks import heading_key
from forge_support import LIST, TRAINING, Hub, entries_of, proposal
from forge_support import hub as make_hub
from stand_ins import github_faults as wrong
from stand_ins.github_server import Fault

pytestmark = pytest.mark.slow

ONE, TWO, THREE = "2611.00001", "2611.00002", "2611.00003"
START = ["1909.08053", "2206.00001"]
# What a fault leaves behind: the write done or not, and a client that tries again or is dead.
# To die before a write leaves what it leaves to die after the one before.
LEFT_BEHIND = ("RESET_BEFORE", "RESET_AFTER", "KILLED_AFTER")
# Other answers that leave one of these behind: they meet each kind of write in the scenes that make them all.
OTHER_ANSWERS = (
    *("BAD_GATEWAY_BEFORE", "BAD_GATEWAY_AFTER", "KILLED_BEFORE"),
    *("SECONDARY_LIMIT", "SECONDARY_LIMIT_RETRY_AFTER", "TOO_MANY_REQUESTS", "BAD_CREDENTIALS"),
)
EVERY_KIND = ("append", "next batch")


def create(hub: Hub) -> None:
    """A first batch."""
    hub.run(proposal(ONE), proposal(TWO))


def append(hub: Hub) -> None:
    """A paper more on the branch that is there."""
    hub.run(proposal(ONE), proposal(TWO), proposal(THREE))


def regenerate(hub: Hub) -> None:
    """A branch written anew after a conflict and an emptied box."""
    hub.run(proposal(THREE))


def prepare_create(_hub: Hub) -> None:
    """An empty world."""


def prepare_append(hub: Hub) -> None:
    create(hub)


def prepare_regenerate(hub: Hub) -> None:
    create(hub)
    hub.maintainer.untick(1, TWO)
    text = hub.text().encode()
    orca = b"- [Orca](https://arxiv.org/abs/2206.00001)\n"
    hub.maintainer.push("main", {"README.md": text.replace(orca, orca + b"- [Hand](https://example.org)\n")})


def prepare_move(hub: Hub) -> None:
    """A heading was ticked, where only a line of commits may be merged: the branch is forced."""
    hub.server.world.merge_methods = {"rebase"}
    create(hub)
    hub.maintainer.tick(1, f"{TWO}:{heading_key(TRAINING)}")


def move(hub: Hub) -> None:
    """Nothing new: only the answer is done."""
    hub.run()


def prepare_after_merge(hub: Hub) -> None:
    create(hub)
    hub.maintainer.merge(1)


def next_batch(hub: Hub) -> None:
    """The next batch, and the old branch cleared away."""
    hub.run(proposal(THREE))


Scene = tuple[Callable[[Hub], None], Callable[[Hub], None], int, list[str]]
SCENES: dict[str, Scene] = {
    "create": (prepare_create, create, 6, [ONE, TWO]),
    "append": (prepare_append, append, 4, [ONE, TWO, THREE]),
    "regenerate": (prepare_regenerate, regenerate, 4, [ONE, THREE]),
    "move": (prepare_move, move, 4, [ONE, TWO]),
    "next batch": (prepare_after_merge, next_batch, 7, [THREE]),
}
CASES = [
    pytest.param(scene, number, getattr(wrong, name), id=f"{scene}, write {number}, {name.lower()}")
    for scene, (_, _, writes, _) in SCENES.items()
    for number in range(1, writes + 1)
    for name in (*LEFT_BEHIND, *(OTHER_ANSWERS if scene in EVERY_KIND else ()))
]


def attempt(hub: Hub, act: Callable[[Hub], object]) -> None:
    """Run, and let the run fail only the way GitHub's failures should end."""
    with suppress(ForgeError):
        act(hub)


def check_invariants(hub: Hub, new: list[str]) -> None:
    (pull,) = hub.open_pulls
    assert hub.listed(pull.branch) == sorted([*hub.listed(), *new])
    mentioned = Counter(entries_of(hub.text(pull.branch)))
    assert set(mentioned.values()) == {1}
    boxes = Counter(found for found in new if f"[x] <!-- aw:{found} -->" in (pull.body or ""))
    assert boxes == Counter(new)
    assert pull.labels == ["arxiv-watch"]
    assert all(not other.comments for other in hub.server.pulls)
    branches = {f"refs/heads/{other.branch}" for other in hub.server.pulls}
    assert hub.server.world.repository.refs("refs/heads/arxiv-watch/").keys() <= branches


@pytest.mark.parametrize("scene", SCENES)
def test_scene_makes_as_many_writes_as_the_matrix_covers(scene: str, hub: Hub) -> None:
    prepare, act, writes, new = SCENES[scene]
    prepare(hub)
    before = len(hub.server.writes)

    act(hub)

    assert len(hub.server.writes) - before == writes
    check_invariants(hub, new)


@pytest.mark.parametrize(("scene", "number", "fault"), CASES)
def test_run_after_a_fault_completes_and_a_third_writes_nothing(
    scene: str, number: int, fault: Fault, hub: Hub
) -> None:
    prepare, act, _, new = SCENES[scene]
    prepare(hub)
    hub.server.inject(fault, number)

    attempt(hub, act)
    hub.server.heal()
    act(hub)
    check_invariants(hub, new)
    before = len(hub.server.writes)
    act(hub)

    assert hub.server.writes[before:] == []


@pytest.mark.parametrize("number", range(1, 5))
def test_human_commit_between_reading_and_writing_is_never_lost(number: int, hub: Hub) -> None:
    create(hub)
    count = 0

    def push(exchange: Exchange) -> None:
        nonlocal count
        count += exchange.is_write
        if exchange.is_write and count == number:
            hub.maintainer.push("arxiv-watch/papers/1", {"NOTES.md": b"mine\n"})

    plan = hub.plan(proposal(THREE))
    hub.server.before = push
    attempt(hub, lambda it: it.forge().apply(plan))
    hub.server.before = lambda _: None
    attempt(hub, append)

    assert hub.server.world.repository.files("refs/heads/arxiv-watch/papers/1")["NOTES.md"] == b"mine\n"
    assert len(hub.open_pulls) == 1


def test_box_emptied_between_reading_and_writing_is_honoured(hub: Hub) -> None:
    create(hub)
    plan = hub.plan(proposal(THREE))
    hub.maintainer.untick(1, ONE)

    hub.forge().apply(plan)
    hub.run()

    assert hub.listed("arxiv-watch/papers/1") == sorted([*START, TWO, THREE])
    assert f"- [ ] <!-- aw:{ONE} -->" in (hub.open_pulls[0].body or "")


@pytest.mark.parametrize("tail", ["/git/trees", "/git/commits", "/git/refs/heads/arxiv-watch/papers/1"])
def test_box_emptied_while_the_commit_is_made_is_honoured(tail: str, hub: Hub) -> None:
    create(hub)

    def untick(exchange: Exchange) -> None:
        if exchange.is_write and exchange.path.endswith(tail):
            hub.server.before = lambda _: None
            hub.maintainer.untick(1, ONE)

    hub.server.before = untick
    hub.run(proposal(THREE))
    hub.run()

    assert hub.listed("arxiv-watch/papers/1") == sorted([*START, TWO, THREE])


def test_box_emptied_before_the_labels_are_on_is_honoured(hub: Hub) -> None:
    def untick(exchange: Exchange) -> None:
        if exchange.path.endswith("/labels"):
            hub.maintainer.untick(1, ONE)

    hub.server.before = untick
    create(hub)
    hub.server.before = lambda _: None
    hub.run()

    assert hub.listed("arxiv-watch/papers/1") == sorted([*START, TWO])


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("step", range(1, 28, 3))
def test_two_runs_interleaved_keep_one_pull_request(scene: str, step: int, tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        prepare, act, _, new = SCENES[scene]
        prepare(hub)
        seen = 0
        inside = False

        def run_another(_: Exchange) -> None:
            nonlocal seen, inside
            seen += not inside
            if seen == step and not inside:
                inside = True
                attempt(hub, act)
                inside = False
                seen += 1

        hub.server.before = run_another
        attempt(hub, act)
        hub.server.before = lambda _: None
        act(hub)

        check_invariants(hub, new)
        before = len(hub.server.writes)
        act(hub)
        assert hub.server.writes[before:] == []


HANDS = {
    "merged": lambda hub: hub.maintainer.merge(1),
    "squashed": lambda hub: hub.maintainer.merge(1, squash=True),
    "closed": lambda hub: hub.maintainer.close(1),
    "queued": lambda hub: hub.maintainer.enqueue(1),
    "set to merge by itself": lambda hub: hub.maintainer.auto_merge(1),
}


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("number", range(1, 5))
def test_papers_on_their_way_survive_what_people_do_meanwhile(hand: str, number: int, hub: Hub) -> None:
    """Right before each write of a run that appends a paper, somebody merges, closes or queues."""
    create(hub)
    title, body, count = hub.open_pulls[0].title, hub.open_pulls[0].body, 0

    def interfere(exchange: Exchange) -> None:
        nonlocal count
        count += exchange.is_write
        if exchange.is_write and count == number:
            HANDS[hand](hub)

    hub.server.before = interfere
    attempt(hub, append)
    hub.server.before = lambda _: None
    append(hub)

    first = hub.server.world.pulls[1]
    places = ["main", *(pull.branch for pull in hub.open_pulls)]
    assert any(THREE in hub.listed(place) for place in places) or first.open
    assert THREE not in {rejected.base for rejected in hub.plan().snapshot.ledger.rejected}
    if not first.open and THREE not in hub.listed():  # it ended without what was on its way
        assert (first.title, first.body) == (title, body)
    if number < 3 and first.open:  # from its queueing on, nothing was put into it
        assert THREE not in hub.listed(first.branch)


def test_two_runs_with_different_papers_do_not_open_two_pull_requests(hub: Hub) -> None:
    first, second = hub.plan(proposal(ONE)), hub.plan(proposal(TWO))

    hub.forge().apply(first)
    hub.forge().apply(second)

    (pull,) = hub.open_pulls
    assert hub.listed(pull.branch) == sorted([*START, ONE, TWO])


def test_list_is_the_same_after_all_of_it(hub: Hub) -> None:
    create(hub)

    assert hub.text().encode() == LIST
