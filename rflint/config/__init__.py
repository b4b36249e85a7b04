"""The configuration: `[tool.rflint]` in pyproject.toml, or rflint.toml, the nearest one upwards from each file.

`values` is what comes out, `keys` the table of all settings, from which `reading` reads and `schema` tells editors;
`kinds` and `networks` know what each may be, `nearest` finds the files, `given` lays over them what a caller says.
"""

from rflint.config.keys import KEYS, Key
from rflint.config.nearest import Configurations, load
from rflint.config.reading import from_toml, read
from rflint.config.selectors import is_selector, mistaken
from rflint.config.values import COMMAND_LINE, Config, ConfigError, NetworkConfig

__all__ = [
    "COMMAND_LINE",
    "KEYS",
    "Config",
    "ConfigError",
    "Configurations",
    "Key",
    "NetworkConfig",
    "from_toml",
    "is_selector",
    "load",
    "mistaken",
    "read",
]
