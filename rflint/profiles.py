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
                "dilation-common-factor",
                True,
                "neighbouring pixels that are judged from disjoint lattices give masks with a grid in them",
            ),
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
                "branch-misalignment",
                True,
                "skips are there for the exact place of borders, and must see around the same place as what they join",
            ),
            Choice(
                "output-centre-shift",
                True,
                "a label belongs to a pixel, and should be judged from what lies around that pixel",
            ),
            Choice(
                "align-corners-mixed",
                True,
                "maps that are enlarged by two conventions lie up to half a pixel beside each other",
            ),
            Choice(
                "upsample-before-pointwise",
                True,
                "classifiers at the end of a decoder are often computed on sixteen times the positions that they need",
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
            Choice(
                "aliasing-downsample", True, "a class should not depend on whether the image is shifted by one pixel"
            ),
        ),
        "restoration": (
            Choice(
                "rf-smaller-than-input",
                False,
                "noise and blur are local: denoisers see some dozen pixels of images of any size, on purpose",
            ),
            Choice("avgpool-pads-dilute-border", True, "borders come back darker, and every pixel is compared"),
            Choice("output-centre-shift", True, "what comes back shifted by half a pixel is wrong at every edge"),
            Choice(
                "interpolate-fractional-scale",
                True,
                "the output has to have exactly the size of what it is compared with",
            ),
            Choice(
                "align-corners-mixed",
                True,
                "what is made smaller by one convention and larger by the other comes back stretched",
            ),
        ),
        "audio": (
            Choice(
                "rf-smaller-than-input",
                False,
                "the length of a clip is that of a training crop; what counts is how long a unit hears",
            ),
            Choice("rf-duration", True, "it says how long that is, in milliseconds, where the sample rate is given"),
            Choice(
                "interpolate-fractional-scale",
                True,
                "a rate that is rounded for every block lets long signals drift apart",
            ),
        ),
        "detection": (
            Choice(
                "rf-smaller-than-input", False, "a head finds objects of some sizes, and need not see the whole image"
            ),
            Choice(
                "rf-below-object-size",
                True,
                "it compares what a head sees with the objects that it has to find, where these are given",
            ),
            Choice(
                "avgpool-pads-dilute-border",
                True,
                "objects at the border of an image get lower scores than the same ones in its middle",
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
