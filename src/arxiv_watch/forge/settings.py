"""What a config may say of a forge: a repository's name, and how pull requests should look."""

from __future__ import annotations

from typing import Annotated

import pydantic

# matches "octo-org/paper.list", and not "octo-org/papers.git", a name that GitHub gives to no repository
REPOSITORY = r"^[A-Za-z0-9-]+/[A-Za-z0-9._-]+(?<!\.git)$"


def _title(value: str) -> str:
    rest = value.replace("{papers}", "").replace("{name}", "")
    if "{papers}" not in value or set(rest) & set("{}@#\n\r"):
        raise ValueError("must hold {papers}, may hold {name}, and holds no other braces, @, # or line break")
    return value


Title = Annotated[str, pydantic.Field(min_length=1, max_length=100), pydantic.AfterValidator(_title)]


def _login(value: str) -> str:
    return value.removeprefix("@").casefold()  # GitHub's logins have no case, and are compared with its own


Login = Annotated[str, pydantic.AfterValidator(_login)]
Label = Annotated[str, pydantic.Field(min_length=1, max_length=50)]  # GitHub refuses longer names


@pydantic.dataclasses.dataclass(
    frozen=True, slots=True, config=pydantic.ConfigDict(extra="forbid", use_attribute_docstrings=True)
)
class PullRequestOptions:
    """How the pull request is opened."""

    base: str | None = pydantic.Field(default=None, min_length=1)
    """The base branch. Null: the repository's default branch."""
    title: Title | None = None
    """Its title, and that of its commits, such as `Add {papers} to {name}`. Null: in the manner of the
    repository's last merged titles, or `docs: add {papers} to {name}` where there are few."""
    draft: bool = False
    """Open it as a draft."""
    labels: tuple[Label, ...] = ("arxiv-watch",)
    """Labels to add."""
    reviewers: tuple[Login, ...] = ()
    """Who is asked for a review: logins, or `org/team`."""
    assignees: tuple[Login, ...] = ()
    """Who is assigned: logins."""
    machine_users: tuple[Login, ...] = ()
    """Logins of ordinary accounts that are bots: their comments, reviews and closings are nobody's answer."""
