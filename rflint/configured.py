"""Declarations in the configuration: which of its networks a file holds, and what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rflint.comments.declarations import NOTHING, Declared
from rflint.config import NetworkConfig
from rflint.dims import symbol
from rflint.spelling import suggestion

_DEFINED = re.compile(r"^(?:class|def)\s+(\w+)|^(\w+)\s*=", re.MULTILINE)


def declared(networks: Sequence[NetworkConfig], file: str, text: str) -> dict[str, Declared]:
    """What the configuration says of the networks of a file, by the name that their calls begin with."""
    found: dict[str, Declared] = {}
    for network in networks:
        if speaks_of(network, file, text):
            name, call = name_of(network), network.call.rpartition("::")[2].strip()
            inputs = tuple((parameter, (symbol("N"), *shape)) for parameter, shape in network.inputs)
            said = Declared(inputs, network.task, call if "(" in call else "", network.contracts)
            found[name] = said.over(found.get(name, NOTHING))
    return found


def name_of(network: NetworkConfig) -> str:
    """`UNet` of `models/unet.py::UNet(depth=4)`."""
    return network.call.rpartition("::")[2].partition("(")[0].strip()


def speaks_of(network: NetworkConfig, file: str, text: str) -> bool:
    """Whether the network is one of this file, which holds its name: it says no other file."""
    return is_in(network, file) is not False and names(network, text)


def is_in(network: NetworkConfig, file: str) -> bool | None:
    """Whether the network is said to be in this file; None if no file is said."""
    path = network.call.rpartition("::")[0].strip().removeprefix("./")
    return f"/{file}".replace("\\", "/").endswith(f"/{path}") if path else None


def names(network: NetworkConfig, text: str) -> bool:
    """Whether the network's name stands somewhere in a text."""
    return re.search(rf"\b{re.escape(name_of(network).partition('.')[0])}\b", text) is not None


def unknown(networks: Iterable[NetworkConfig], file: str, text: str) -> Iterator[str]:
    """A sentence for each network that is said to be in this file, which does not name it."""
    for network in networks:
        if is_in(network, file) and not names(network, text):
            near = suggestion(name_of(network), defined(text))
            yield f"{file} has no {name_of(network)}, which the configuration calls as {network.call}{near}"


def unmet(networks: Iterable[NetworkConfig], texts: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each network that none of the files holds."""
    for network in networks:
        if not any(speaks_of(network, file, text) for file, text in texts.items()):
            near = suggestion(name_of(network), [name for text in texts.values() for name in defined(text)])
            yield f"the configuration speaks of {network.call}, which is in no file that was linted{near}"


def defined(text: str) -> list[str]:
    """The names at the top of a file, of classes, functions and what is assigned."""
    return [one or other for one, other in _DEFINED.findall(text)]
