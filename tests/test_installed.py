"""Following calls from a user's file into an installed library of networks, which nobody imports."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from rflint import linter
from rflint.config import Config
from rflint.trace import Trace

LIBRARY = {
    "visionzoo/__init__.py": """
        import os
        import warnings

        import torch

        from visionzoo import models, ops
        from .extension import _HAS_OPS

        try:
            from .version import __version__
        except ImportError:
            pass
    """,
    "visionzoo/extension.py": """
        import ctypes
        import importlib.machinery
        import os

        import torch

        _HAS_OPS = False

        try:
            torch.ops.load_library(importlib.machinery.PathFinder().find_spec("_C").origin)
            _HAS_OPS = True
        except (ImportError, OSError, AttributeError):
            pass
    """,
    "visionzoo/utils.py": """
        import collections
        from itertools import repeat

        def _log_api_usage_once(obj):
            module = obj.__module__
            if not module.startswith("visionzoo"):
                module = f"visionzoo.internal.{module}"

        def _make_ntuple(x, n):
            if isinstance(x, collections.abc.Iterable):
                return tuple(x)
            return tuple(repeat(x, n))
    """,
    "visionzoo/ops/__init__.py": """
        from .misc import Conv2dNormActivation, SqueezeExcitation

        __all__ = ["Conv2dNormActivation", "SqueezeExcitation"]
    """,
    "visionzoo/ops/misc.py": """
        import warnings
        from collections.abc import Sequence
        from typing import Callable, Optional, Union

        import torch
        from torch import Tensor

        from ..utils import _log_api_usage_once, _make_ntuple

        class ConvNormActivation(torch.nn.Sequential):
            def __init__(
                self,
                in_channels: int,
                out_channels: int,
                kernel_size: Union[int, tuple[int, ...]] = 3,
                stride: Union[int, tuple[int, ...]] = 1,
                padding: Optional[Union[int, tuple[int, ...], str]] = None,
                norm_layer: Optional[Callable[..., torch.nn.Module]] = torch.nn.BatchNorm2d,
                activation_layer: Optional[Callable[..., torch.nn.Module]] = torch.nn.ReLU,
                dilation: Union[int, tuple[int, ...]] = 1,
                inplace: Optional[bool] = True,
                conv_layer: Callable[..., torch.nn.Module] = torch.nn.Conv2d,
            ) -> None:
                if padding is None:
                    if isinstance(kernel_size, int) and isinstance(dilation, int):
                        padding = (kernel_size - 1) // 2 * dilation
                    else:
                        dims = len(kernel_size) if isinstance(kernel_size, Sequence) else len(dilation)
                        kernel_size = _make_ntuple(kernel_size, dims)
                        dilation = _make_ntuple(dilation, dims)
                        padding = tuple((kernel_size[i] - 1) // 2 * dilation[i] for i in range(dims))
                layers = [conv_layer(in_channels, out_channels, kernel_size, stride, padding, dilation=dilation)]
                if norm_layer is not None:
                    layers.append(norm_layer(out_channels))
                if activation_layer is not None:
                    params = {} if inplace is None else {"inplace": inplace}
                    layers.append(activation_layer(**params))
                super().__init__(*layers)
                _log_api_usage_once(self)
                self.out_channels = out_channels

        class Conv2dNormActivation(ConvNormActivation):
            def __init__(self, in_channels: int, out_channels: int, kernel_size=3, **kwargs) -> None:
                super().__init__(in_channels, out_channels, kernel_size, conv_layer=torch.nn.Conv2d, **kwargs)

        class SqueezeExcitation(torch.nn.Module):
            def __init__(self, input_channels, squeeze_channels, scale_activation=torch.nn.Sigmoid):
                super().__init__()
                self.avgpool = torch.nn.AdaptiveAvgPool2d(1)
                self.fc1 = torch.nn.Conv2d(input_channels, squeeze_channels, 1)
                self.fc2 = torch.nn.Conv2d(squeeze_channels, input_channels, 1)
                self.scale_activation = scale_activation()

            def _scale(self, input: Tensor) -> Tensor:
                return self.scale_activation(self.fc2(self.fc1(self.avgpool(input)).relu()))

            def forward(self, input: Tensor) -> Tensor:
                return self._scale(input) * input
    """,
    "visionzoo/models/__init__.py": """
        from .resnet import *
        from . import dense
        from ._api import get_model, Weights
    """,
    "visionzoo/models/_api.py": """
        import functools
        import inspect
        from dataclasses import dataclass
        from enum import Enum
        from typing import Any, Callable, TypeVar, Union

        from .._internal import load_state_dict_from_url

        M = TypeVar("M")
        BUILTIN_MODELS = {}

        @dataclass
        class Weights:
            url: str
            meta: dict[str, Any]

        class WeightsEnum(Enum):
            @classmethod
            def verify(cls, obj: Any) -> Any:
                if obj is not None:
                    if type(obj) is str:
                        obj = cls[obj.replace(cls.__name__ + ".", "")]
                    elif not isinstance(obj, cls):
                        raise TypeError(f"Invalid Weight class provided; expected {cls.__name__}")
                return obj

            def get_state_dict(self, *args: Any, **kwargs: Any):
                return load_state_dict_from_url(self.url, *args, **kwargs)

            @property
            def url(self):
                return self.value.url

            @property
            def meta(self):
                return self.value.meta

        def register_model(name=None):
            def wrapper(fn: Callable[..., M]) -> Callable[..., M]:
                key = name if name is not None else fn.__name__
                if key in BUILTIN_MODELS:
                    raise ValueError(f"An entry is already registered under the name '{key}'.")
                BUILTIN_MODELS[key] = fn
                return fn

            return wrapper

        def get_model(name: str, **config: Any):
            try:
                fn = BUILTIN_MODELS[name.lower()]
            except KeyError:
                raise ValueError(f"Unknown model {name}")
            return fn(**config)

        def handle_legacy_interface(**weights):
            def outer_wrapper(builder):
                @functools.wraps(builder)
                def inner_wrapper(*args, **kwargs):
                    for weights_param, (pretrained_param, default) in weights.items():
                        weights_arg = kwargs.get(weights_param, None)
                        if pretrained_param not in kwargs:
                            continue
                        pretrained_arg = kwargs.pop(pretrained_param)
                        kwargs[weights_param] = default(kwargs) if pretrained_arg else None
                    return builder(*args, **kwargs)

                return inner_wrapper

            return outer_wrapper
    """,
    "visionzoo/_internal.py": """
        try:
            from torch.hub import load_state_dict_from_url
        except ImportError:
            from torch.utils.model_zoo import load_url as load_state_dict_from_url
    """,
    "visionzoo/models/resnet.py": """
        from functools import partial
        from typing import Any, Callable, Optional, Union

        import torch
        import torch.nn as nn
        from torch import Tensor

        from ..utils import _log_api_usage_once
        from ._api import handle_legacy_interface, register_model, Weights, WeightsEnum

        __all__ = ["ResNet", "ResNet10_Weights", "resnet10"]

        def conv3x3(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
            return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, bias=False)

        class BasicBlock(nn.Module):
            expansion: int = 1

            def __init__(self, inplanes, planes, stride=1, downsample: Optional[nn.Module] = None, norm_layer=None):
                super().__init__()
                norm_layer = norm_layer or nn.BatchNorm2d
                self.conv1 = conv3x3(inplanes, planes, stride)
                self.bn1 = norm_layer(planes)
                self.relu = nn.ReLU(inplace=True)
                self.conv2 = conv3x3(planes, planes)
                self.downsample = downsample

            def forward(self, x: Tensor) -> Tensor:
                out = self.conv2(self.relu(self.bn1(self.conv1(x))))
                out += x if self.downsample is None else self.downsample(x)
                return self.relu(out)

        class ResNet(nn.Module):
            def __init__(self, block: type[BasicBlock], layers: list[int], num_classes: int = 1000, norm_layer=None):
                super().__init__()
                _log_api_usage_once(self)
                self._norm_layer = norm_layer or nn.BatchNorm2d
                self.inplanes = 16
                self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
                self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
                self.layer1 = self._make_layer(block, 16, layers[0])
                self.layer2 = self._make_layer(block, 32, layers[1], stride=2)
                self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
                self.fc = nn.Linear(32 * block.expansion, num_classes)
                for m in self.modules():
                    if isinstance(m, nn.Conv2d):
                        nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

            def _make_layer(self, block, planes: int, blocks: int, stride: int = 1) -> nn.Sequential:
                downsample = None
                if stride != 1 or self.inplanes != planes * block.expansion:
                    downsample = nn.Conv2d(self.inplanes, planes * block.expansion, 1, stride, bias=False)
                layers = [block(self.inplanes, planes, stride, downsample, norm_layer=self._norm_layer)]
                self.inplanes = planes * block.expansion
                layers += [block(self.inplanes, planes) for _ in range(1, blocks)]
                return nn.Sequential(*layers)

            def forward(self, x: Tensor) -> Tensor:
                x = self.layer2(self.layer1(self.maxpool(self.conv1(x))))
                return self.fc(torch.flatten(self.avgpool(x), 1))

        def _resnet(block, layers, weights: Optional[WeightsEnum], progress: bool, **kwargs: Any) -> ResNet:
            if weights is not None:
                kwargs["num_classes"] = len(weights.meta["categories"])
            model = ResNet(block, layers, **kwargs)
            if weights is not None:
                model.load_state_dict(weights.get_state_dict(progress=progress, check_hash=True))
            return model

        class ResNet10_Weights(WeightsEnum):
            IMAGENET1K_V1 = Weights(url="https://example.org/resnet10.pth", meta={"categories": ["cat", "dog", "frog"]})
            DEFAULT = IMAGENET1K_V1

        @register_model()
        @handle_legacy_interface(weights=("pretrained", lambda kwargs: ResNet10_Weights.DEFAULT))
        def resnet10(*, weights: Optional[ResNet10_Weights] = None, progress: bool = True, **kwargs: Any) -> ResNet:
            weights = ResNet10_Weights.verify(weights)
            return _resnet(BasicBlock, [1, 1], weights, progress, **kwargs)
    """,
    "visionzoo/models/dense.py": """
        from typing import Any

        from torch import nn

        from ._api import register_model
        from .resnet import resnet10

        @register_model(name="wide")
        def _wide(**kwargs: Any):
            return nn.Sequential(resnet10(**kwargs), nn.Linear(7, 2))
    """,
}
USER = """
import torch
import visionzoo
from torch import nn
from visionzoo import models
from visionzoo.models import ResNet10_Weights, resnet10
from visionzoo.ops import Conv2dNormActivation as Conv
from visionzoo.ops.misc import SqueezeExcitation


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        backbone = resnet10(weights=None)
        self.body = nn.Sequential(*list(backbone.children())[:-2])
        self.neck = Conv(backbone.fc.in_features, 8, kernel_size=(3, 5), dilation=2, norm_layer=nn.InstanceNorm2d)
        self.gate = SqueezeExcitation(self.neck.out_channels, 4)
        self.loaded = visionzoo.models.get_model("ResNet10", weights="DEFAULT")
        self.legacy = models.resnet10(pretrained=True)
        self.chosen = models.get_model("wide", weights=None, num_classes=7)
        self.named = resnet10(weights=ResNet10_Weights.IMAGENET1K_V1)
        self.named.fc = nn.Linear(self.named.fc.in_features, 5)

    def forward(self, x):
        features = self.gate(self.neck(self.body(x)))
        return features, self.loaded(x), self.legacy(x), self.chosen(x), self.named(x)


# rflint: input=(2, 3, 64, 64)
def net():
    return Net()


# rflint: input=(2, 3, 64, 64)
def chosen():
    return visionzoo.models.resnet10(weights=None)
"""
OUTPUTS = [(2, 8, 8, 8), (2, 3), (2, 3), (2, 2), (2, 5)]


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's file, and beside it an environment in which the library is installed."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    for name, text in LIBRARY.items():
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_text(dedent(text), encoding="utf-8")
    (tmp_path / "net.py").write_text(USER, encoding="utf-8")
    return tmp_path / "net.py"


def shown(user: Path, call: str) -> Trace:
    """The trace of one call of the user's file."""
    [trace] = linter.show(f"{user}::{call}", linter.Options(Config())).traces
    assert trace.complete, trace.unknowns
    return trace


def test_a_network_of_the_library_is_followed_into_its_source(user: Path) -> None:
    seen = shown(user, "chosen()")
    assert seen.output == (2, 1000)
    assert {Path(use.place.file).name for use in seen.uses} == {"resnet.py"}
    assert [use.path for use in seen.uses][:3] == ["conv1", "maxpool", "layer1.0.conv1"]


def test_parts_weights_and_registered_names_of_the_library(user: Path) -> None:
    seen = shown(user, "net()")
    assert seen.output == OUTPUTS
    assert [use.output for use in seen.uses if use.path == "neck.0"] == [(2, 8, 8, 8)]


def test_nothing_of_the_library_is_reported(user: Path) -> None:
    report = linter.check([str(user)], linter.Options(Config(ignore=("rf-smaller-than-input",))))
    assert report.diagnostics == []
    assert not report.failures
