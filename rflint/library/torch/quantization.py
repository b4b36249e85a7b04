"""Quantisation: stubs and arithmetic modules that leave shapes alone, and functions that return the model."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import Instance, Value
from rflint.library.registry import alias, function, member, native_class
from rflint.library.torch.arithmetic import elementwise
from rflint.library.torch.axes import unchanged
from rflint.library.torch.joining import joined, pieces_of
from rflint.library.torch.op import MODULE, Op, known_args, layer
from rflint.library.torch.products import multiplied
from rflint.library.torch.tensor import tensor_function
from rflint.trace import Layer

alias("torch.quantization", "torch.ao.quantization")
alias("torch.nn.quantized", "torch.ao.nn.quantized")
for _name in ("QuantStub", "DeQuantStub"):
    layer(_name, "qconfig=None", unchanged, module="torch.ao.quantization")
layer("Quantize", "scale, zero_point, dtype, factory_kwargs=None", unchanged, module="torch.ao.nn.quantized")
layer("DeQuantize", "", unchanged, module="torch.ao.nn.quantized")


@function(
    *(
        f"torch.ao.quantization.{name}"
        for name in "fuse_modules fuse_modules_qat prepare prepare_qat convert quantize quantize_dynamic "
        "add_quant_dequant".split()
    )
)
def same_model(call: Call) -> Value:
    """What prepares or converts a model, whose shapes stay as they are."""
    given = [*call.args.positional, *(call.args.keywords.get(name) for name in ("model", "module"))]
    return next((one for one in given if one is not None), call.unknown("a model that is not given"))


# -- arithmetic as modules -----------------------------------------------------------------------------------------

FUNCTIONAL = native_class("torch.ao.nn.quantized.FloatFunctional", MODULE)
for _name in ("FXFloatFunctional", "QFunctional"):
    native_class(f"torch.ao.nn.quantized.{_name}", FUNCTIONAL)


def _op(call: Call, self: Instance, base: str, kind: str = "", **args: Value) -> Op:
    return Op(call, Layer(kind or base, base, known_args(args, 0, ()), call.place), self)


@member(FUNCTIONAL, "add", "add_scalar", "mul", "mul_scalar", signature="x, y")
def calculate(call: Call, self: Instance, x: Value, y: Value) -> Value:
    """`add(x, y)`, `mul(x, y)`."""
    name = call.name.rsplit(".", 1)[-1]
    return elementwise(_op(call, self, name.partition("_")[0], name), [x, y])


@member(FUNCTIONAL, "add_relu", signature="x, y")
def add_relu(call: Call, self: Instance, x: Value, y: Value) -> Value:
    """`add_relu(x, y)`: the sum, then its positive part."""
    return elementwise(_op(call, self, "ReLU", "relu"), [elementwise(_op(call, self, "add"), [x, y])])


@member(FUNCTIONAL, "cat", signature="x, dim=0")
def cat(call: Call, self: Instance, x: Value, dim: Value) -> Value:
    """`cat(tensors, dim)`."""
    return joined(_op(call, self, "cat", dim=dim), pieces_of(call, x), dim)


@member(FUNCTIONAL, "matmul", signature="x, y")
def matmul(call: Call, self: Instance, x: Value, y: Value) -> Value:
    """`matmul(x, y)`."""
    return multiplied(_op(call, self, "matmul"), x, y)


# -- tensors -------------------------------------------------------------------------------------------------------


@tensor_function("dequantize", "int_repr", signature="input", known=False)
@tensor_function("quantize_per_tensor", signature="input, scale, zero_point, dtype=None", method=False, known=False)
@tensor_function(
    "quantize_per_channel", signature="input, scales, zero_points, axis, dtype=None", method=False, known=False
)
@tensor_function(
    "fake_quantize_per_tensor_affine",
    signature="input, scale, zero_point, quant_min, quant_max",
    method=False,
    known=False,
)
def quantised(op: Op, input: Value, **settings: Value) -> Value:
    """Numbers of another precision, position by position."""
    return elementwise(op, [input])
