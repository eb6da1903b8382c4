"""The configuration: one YAML file, many watches; what is wrong with it is told all at once."""

from arxiv_watch.config.file import (
    DEFAULT_PATHS,
    arxiv_settings,
    decode,
    find_config,
    load_config,
    parse_config,
)

__all__ = ["DEFAULT_PATHS", "arxiv_settings", "decode", "find_config", "load_config", "parse_config"]
