"""GitHub's OpenAPI description as a judge of requests and answers."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, validators

from arxiv_watch.demo.github_server import Exchange

PARAMETER = re.compile(r"\\\{(\w+)\\\}")
MANY_SEGMENTS = {"ref"}  # a ref such as heads/a/b is one parameter


def _nullable(keyword: str) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says that null is one of the types."""
    original = Draft7Validator.VALIDATORS[keyword]

    def check(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if instance is None and schema.get("nullable"):
            return
        yield from original(validator, value, instance, schema) or ()

    return check


_Validator = validators.extend(
    Draft7Validator, {key: _nullable(key) for key in ("type", "enum", "anyOf", "oneOf", "allOf")}
)


class Judge:
    """Holds exchanges against the description."""

    def __init__(self, description: Path) -> None:
        with gzip.open(description) as file:
            self._document = json.load(file)
        self._routes = [(_pattern(path), path) for path in self._document["paths"]]

    def complaints(self, exchange: Exchange) -> list[str]:
        """Return what is wrong with a request or its answer; GraphQL is not described here."""
        if exchange.path == "/graphql":
            return []
        operation = self._operation(exchange)
        if operation is None:
            return [f"no such route: {exchange.verb} {exchange.path}"]
        found = self._request(operation, exchange)
        answers = operation["responses"]
        described = answers.get(str(exchange.status))
        if described is None:
            return [] if (exchange.status or 0) >= 400 else [*found, f"{exchange.status} is not described"]
        return found + self._errors(described, exchange.answer)

    def _operation(self, exchange: Exchange) -> dict[str, Any] | None:
        fits = [path for pattern, path in self._routes if pattern.fullmatch(exchange.path)]
        for path in sorted(fits, key=lambda path: path.count("{")):
            if exchange.verb.lower() in self._document["paths"][path]:
                return self._document["paths"][path][exchange.verb.lower()]
        return None

    def _request(self, operation: dict[str, Any], exchange: Exchange) -> list[str]:
        if exchange.verb == "GET" or (exchange.status or 0) >= 400:
            return []
        found = self._errors(operation["requestBody"], exchange.body)
        schema = self._resolve(operation["requestBody"]["content"]["application/json"]["schema"])
        known = set(schema.get("properties", exchange.body))
        return found + [f"unknown field {name}" for name in set(exchange.body) - known]

    def _errors(self, described: dict[str, Any], value: Any) -> list[str]:
        described = self._resolve(described)
        schema = described.get("content", {}).get("application/json", {}).get("schema", {})
        whole = {**schema, "components": self._document["components"]}
        return [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in _Validator(whole).iter_errors(value)
        ]

    def _resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            here: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                here = here[part]
            node = here
        return node


def _pattern(path: str) -> re.Pattern[str]:
    def segment(match: re.Match[str]) -> str:
        return ".+" if match[1] in MANY_SEGMENTS else "[^/]+"

    return re.compile(PARAMETER.sub(segment, re.escape(path)))
