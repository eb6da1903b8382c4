"""What the doctor asks: whether the token can write, and whether Actions may open pull requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from arxiv_watch.forge.github.refusals import SWITCH
from arxiv_watch.forge.host import Access
from forge_support import Hub
from openapi_support import Judge


@pytest.mark.parametrize("switch", [True, False])
def test_the_switch_is_reported_to_a_token_that_may_read_it(hub: Hub, switch: bool) -> None:  # noqa: FBT001 - a case
    hub.server.world.tells_switches = True
    hub.server.world.may_create_pulls = switch

    assert hub.forge().host.access() == Access(
        hub.server.world.name, can_push=True, may_open_pulls=switch, switch=SWITCH
    )


def test_the_switch_is_unknown_to_a_token_of_actions(hub: Hub) -> None:
    hub.server.world.may_push = False

    assert hub.forge().host.access() == Access(
        hub.server.world.name, can_push=False, may_open_pulls=None, switch=SWITCH
    )


def test_the_stand_in_answers_as_github_describes_it(shared: Path, hub: Hub) -> None:
    judge = Judge(shared / "facts" / "github-openapi.json.gz")
    hub.forge().host.access()
    hub.server.world.tells_switches = True
    hub.forge().host.access()

    assert [complaint for seen in hub.server.log for complaint in judge.complaints(seen)] == []
