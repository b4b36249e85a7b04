"""Packages that fetch and store files, or report progress: nothing of them is followed."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import Value
from rflint.library.registry import LIBRARY, function, member, native_class

for _name in (
    "huggingface_hub huggingface_hub.utils safetensors safetensors.torch requests urllib urllib.request urllib.parse "
    "urllib.error gdown wandb tensorboard torch.utils.tensorboard boto3"
).split():
    LIBRARY.declare(_name)


@function("tqdm.tqdm", "tqdm.auto.tqdm", "tqdm.trange", "tqdm.notebook.tqdm")
def progress(call: Call) -> Value:
    """`tqdm(values)`: the values."""
    if call.name.endswith("trange"):
        return call.interp.call(range, call.args.positional, call.frame, call.node)
    return call.args.positional[0] if call.args.positional else call.unknown("a progress bar")


HUB_MIXIN = native_class("huggingface_hub.ModelHubMixin")
for _name in ("huggingface_hub.PyTorchModelHubMixin", "huggingface_hub.hub_mixin.PyTorchModelHubMixin"):
    LIBRARY.define(_name, HUB_MIXIN)


@member(HUB_MIXIN, "__init_subclass__")
def of_the_hub(call: Call) -> Value:
    """What a network says of itself to the hub, as arguments of its class, changes nothing of it."""
    return None
