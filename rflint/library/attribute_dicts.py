"""Dicts whose entries are attributes, too: easydict, munch, yacs, ml_collections and omegaconf, where their source is
not found."""

from __future__ import annotations

from rflint.interp.constructors import dict_
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeFunction, StaticMethod, Unknown, Value
from rflint.library.registry import LIBRARY, member, native_class, parse_signature

CLASSES = (
    "easydict.EasyDict",
    "munch.Munch",
    "yacs.config.CfgNode",
    "ml_collections.ConfigDict",
    "ml_collections.config_dict.ConfigDict",
    "omegaconf.DictConfig",
)
DEEPEST = 20
"""Dicts inside each other that are taken over."""


def made(cls: Value, entries: dict[Value, Value], call: Call, depth: int = 0) -> Instance:
    """An object of such a class; dicts inside become objects of the same class."""
    held = {key: inner(cls, value, call, depth + 1) for key, value in entries.items()}
    return Instance(cls, held, call.place, native=held)


def inner(cls: Value, value: Value, call: Call, depth: int) -> Value:
    """A value as such a dict keeps it."""
    if type(value) is dict and depth < DEEPEST:
        return made(cls, value, call, depth)
    if type(value) in (list, tuple) and depth < DEEPEST:
        return type(value)(inner(cls, one, call, depth + 1) for one in value)
    return value


def _new(call: Call, cls: Value) -> Value:
    held = call.args.open or dict_(call)
    return made(cls, held, call) if isinstance(held, dict) else held


for _qualname in CLASSES:
    LIBRARY.foreign.add(_qualname.partition(".")[0])
    native_class(_qualname, dict, new=_new)
CONFIG_NODE, OMEGA = LIBRARY.find("yacs.config.CfgNode"), LIBRARY.find("omegaconf.DictConfig")


@member(CONFIG_NODE, "freeze", "defrost")
@member(LIBRARY.find("ml_collections.ConfigDict"), "lock", "unlock")
def unchanged(call: Call) -> Value:
    """Whether entries may be changed is not followed."""
    return None


@member(CONFIG_NODE, "clone")
def clone(call: Call) -> Value:
    """A copy of all levels."""
    self = call.args.positional[0]
    return made(self.cls, self.native, call)


def _create(call: Call, obj: Value, flags: Value) -> Value:
    """`OmegaConf.create({…})`."""
    if isinstance(obj, dict):
        return made(OMEGA, obj, call)
    return obj if isinstance(obj, Unknown) else call.unknown("a configuration that is no dict")


OMEGA_CONF = native_class("omegaconf.OmegaConf")
OMEGA_CONF.members["create"] = StaticMethod(
    NativeFunction("OmegaConf.create", _create, parse_signature("obj=None, flags=None"))
)
