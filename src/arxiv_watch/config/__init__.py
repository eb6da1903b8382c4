"""The configuration: one YAML file, many watches; all errors are reported together."""

from arxiv_watch.config.file import (
    DEFAULT_PATHS,
    arxiv_settings,
    find_config,
    load_config,
    parse_config,
)

__all__ = ["DEFAULT_PATHS", "arxiv_settings", "find_config", "load_config", "parse_config"]
