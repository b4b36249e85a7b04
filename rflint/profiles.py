"""What is sensible for a task: the rules that come on and those that go off where a network says what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Choice(NamedTuple):
    """A rule by its name, whether the task turns it on or off, and why."""

    rule: str
    on: bool
    why: str


PROFILES: Mapping[str, tuple[Choice, ...]] = MappingProxyType(
    {
        "segmentation": (
            Choice(
                "dilation-mostly-padding",
                True,
                "branches of an atrous pyramid that fall on padding see no context, which is what they are for",
            ),
            Choice(
                "aspp-rates-not-scaled",
                True,
                "rates mean input positions only together with the output stride, which encoders are often changed in",
            ),
            Choice(
                "dilation-common-factor",
                True,
                "neighbouring pixels that are judged from disjoint lattices give masks with a grid in them",
            ),
            Choice(
                "output-centre-shift",
                True,
                "each pixel is judged, and its mask lies off by as much as what it is judged from",
            ),
        ),
        "classification": (
            Choice(
                "unproductive-layer",
                True,
                "behind a global pool such layers add weights and no context, so that depth could be saved",
            ),
            Choice(
                "rf-growth-stall",
                True,
                "the whole image has to be seen before the pool, and such layers do not come nearer to that",
            ),
        ),
        "restoration": (
            Choice(
                "rf-smaller-than-input",
                False,
                "noise and blur are local: denoisers see some dozen pixels of images of any size, on purpose",
            ),
            Choice(
                "uneven-padding",
                True,
                "what is read from one side more than from the other comes back shifted, and every pixel is compared",
            ),
            Choice(
                "output-centre-shift",
                True,
                "every pixel is compared, and one that is computed from beside its place has less to go by",
            ),
        ),
        "audio": (
            Choice(
                "rf-smaller-than-input",
                False,
                "the length of a clip is that of a training crop; what counts is how long a unit hears",
            ),
            Choice(
                "rf-duration",
                True,
                "it says how long that is, in milliseconds, where the sample rate is given",
            ),
        ),
        "detection": (
            Choice(
                "rf-smaller-than-input",
                False,
                "a head finds objects of some sizes, and need not see the whole image",
            ),
            Choice(
                "rf-below-object-size",
                True,
                "it compares what a head sees with the objects that it has to find, where these are given",
            ),
            Choice(
                "uneven-padding",
                True,
                "each such layer moves the grid of a level against the anchors that are laid on it",
            ),
        ),
    }
)
"""By task: what differs from the defaults.  `select`, `ignore` and `extend-select` have the last word."""


def is_default(rule: str, default: bool, task: str | None) -> bool:
    """Is a rule, by its name, on for a task without being asked for?"""
    choices = PROFILES.get(task or "", ())
    return next((choice.on for choice in choices if choice.rule == rule), default)


def is_brought_on(rule: str, task: str | None) -> bool:
    """Does the task ask for the rule?"""
    return any(choice.on for choice in PROFILES.get(task or "", ()) if choice.rule == rule)
