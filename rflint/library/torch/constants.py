"""Constants of torch: dtypes, devices, memory formats, numbers, limits of number types."""

from __future__ import annotations

from math import e, inf, nan, pi

from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeClass, Raised, Tensor, Unknown, Value
from rflint.library.registry import LIBRARY, function, member, native_class
from rflint.library.torch.literals import literal, values_of
from rflint.library.torch.tensor import TENSOR, copied, tensor_property

DTYPE = native_class("torch.dtype")
FORMAT = native_class("torch.memory_format")
SPELLINGS = {
    "float": ("float32", "float"),
    "float64": ("float64", "double"),
    "float16": ("float16", "half"),
    "bfloat16": ("bfloat16",),
    "complex64": ("complex64", "cfloat"),
    "complex128": ("complex128", "cdouble"),
    "uint8": ("uint8",),
    "int8": ("int8",),
    "int16": ("int16", "short"),
    "int32": ("int32", "int"),
    "int64": ("int64", "long"),
    "bool": ("bool",),
}
"""The dtypes as `Tensor.dtype` names them, and torch's names for them: "float" is what tensors are made of."""
TYPES = {
    "FloatTensor": "float",
    "DoubleTensor": "float64",
    "HalfTensor": "float16",
    "BFloat16Tensor": "bfloat16",
    "ByteTensor": "uint8",
    "CharTensor": "int8",
    "ShortTensor": "int16",
    "IntTensor": "int32",
    "LongTensor": "int64",
    "BoolTensor": "bool",
}
"""The old names of typed tensor classes."""
LIMITS = {
    "float": (32, 1.1920928955078125e-07, 3.4028234663852886e38, 1.1754943508222875e-38),
    "float64": (64, 2.220446049250313e-16, 1.7976931348623157e308, 2.2250738585072014e-308),
    "float16": (16, 0.0009765625, 65504.0, 6.103515625e-05),
    "bfloat16": (16, 0.0078125, 3.3895313892515355e38, 1.1754943508222875e-38),
}
"""Bits, resolution, greatest and smallest normal number of the floating dtypes."""
BITS = {"uint8": 8, "int8": 8, "int16": 16, "int32": 32, "int64": 64}
DTYPES: dict[str, Instance] = {}


def _define_dtypes() -> None:
    for name, spellings in SPELLINGS.items():
        attrs = {
            "name": name,
            "is_floating_point": "float" in name,
            "is_complex": "complex" in name,
        }
        DTYPES[name] = Instance(DTYPE, attrs)
        for spelling in spellings:
            LIBRARY.define(f"torch.{spelling}", DTYPES[name])


_define_dtypes()
for _kind in ("strided", "contiguous_format", "channels_last", "channels_last_3d", "preserve_format", "sparse_coo"):
    LIBRARY.define(f"torch.{_kind}", Instance(FORMAT, {"name": _kind}))
for _name, _number in (("pi", pi), ("e", e), ("inf", inf), ("nan", nan)):
    LIBRARY.define(f"torch.{_name}", _number)
LIBRARY.define("torch.__version__", "2.13.0")
LIBRARY.define("torch.version.__version__", "2.13.0")
LIBRARY.define("torch.version.cuda", None)
for _module in ("torch.backends.cudnn", "torch.backends.cuda.matmul", "torch.types"):
    LIBRARY.declare(_module)


def dtype_named(value: Value) -> str:
    """The name of a dtype: of `torch.int64`, `torch.LongTensor`, `"torch.LongTensor"`; "" for anything else."""
    if isinstance(value, Instance) and value.cls is DTYPE:
        return str(value.attrs["name"])
    if isinstance(value, NativeClass):
        return TYPES.get(value.name, "")
    return TYPES.get(value.rsplit(".", 1)[-1], "") if isinstance(value, str) else ""


def retyped(tensor: Tensor, dtype: str) -> Tensor:
    """The tensor as another dtype: the same positions, so no use of its own."""
    if not dtype or dtype == tensor.dtype:
        return tensor
    values = values_of(tensor)
    return copied(tensor, dtype) if values is None else literal(values, dtype)


# -- devices -------------------------------------------------------------------------------------------------------


def _new_device(call: Call, cls: Value) -> Value:
    given = call.args.positional[0] if call.args.positional else call.args.keywords.get("type", "cpu")
    kind, _, index = given.partition(":") if isinstance(given, str) else ("cpu", "", "")
    return Instance(cls, {"type": kind, "index": int(index) if index.isdigit() else None}, call.place)


DEVICE = native_class("torch.device", new=_new_device)
CPU = Instance(DEVICE, {"type": "cpu", "index": None})


@tensor_property("device")
def device(call: Call, tensor: Tensor) -> Value:
    """Tensors lie on the CPU."""
    return CPU


# -- dtypes of tensors ---------------------------------------------------------------------------------------------


@tensor_property("dtype")
def dtype_of(call: Call, tensor: Tensor) -> Value:
    """The dtype, a float32 unless it is known otherwise."""
    return DTYPES.get(tensor.dtype, DTYPES["float"])


@tensor_property("layout")
def layout(call: Call, tensor: Tensor) -> Value:
    """Tensors are dense."""
    return LIBRARY.find("torch.strided")


@member(TENSOR, "to", "type", "type_as")
def to(call: Call) -> Value:
    """`to(dtype)`, `to(device)`, `to(other)`, `type(dtype)`, `type_as(other)`."""
    self, *args = call.args.positional
    if call.name.endswith(".type") and not args and not call.args.keywords:
        return next((f"torch.{name}" for name, dtype in TYPES.items() if dtype == self.dtype), call.unknown("a dtype"))
    for value in (*args, *call.args.keywords.values()):
        name = value.dtype if isinstance(value, Tensor) else dtype_named(value)
        if name:
            return retyped(self, name)
    return self


def _converter(name: str, dtype: str) -> None:
    @member(TENSOR, name)
    def run(call: Call) -> Value:
        return retyped(call.args.positional[0], dtype)


for _name, _dtype in {spelling: name for name, spellings in SPELLINGS.items() for spelling in spellings}.items():
    _converter(_name, _dtype)
_converter("char", "int8")
_converter("byte", "uint8")


@function("torch.is_tensor", signature="obj")
def is_tensor(call: Call, obj: Value) -> Value:
    """`torch.is_tensor(value)`."""
    return obj if isinstance(obj, Unknown) else isinstance(obj, Tensor)


@function("torch.is_floating_point", "torch.is_complex", signature="input")
@member(TENSOR, "is_floating_point", "is_complex")
def is_of_kind(call: Call, input: Value = None) -> Value:
    """Is the dtype one of floating, or of complex numbers?"""
    tensor = call.args.positional[0] if call.args.positional else input
    if not isinstance(tensor, Tensor):
        return call.unknown("the dtype of a tensor is not known")
    return ("complex" if call.name.endswith("is_complex") else "float") in tensor.dtype


@function("torch.get_default_dtype")
def default_dtype(call: Call) -> Value:
    """float32."""
    return DTYPES["float"]


@function("torch.set_default_dtype", "torch.set_default_device", "torch.set_default_tensor_type", "torch.manual_seed")
@function("torch.seed", "torch.cuda.manual_seed", "torch.cuda.manual_seed_all", "torch.set_float32_matmul_precision")
@function("torch.use_deterministic_algorithms", "torch.set_num_threads", "torch.set_printoptions")
@function("torch.cuda.empty_cache", "torch.cuda.synchronize", "torch.cuda.set_device")
@function("torch._C._log_api_usage_once", "torch._dynamo.graph_break")
def harmless(call: Call) -> Value:
    """What has no effect on shapes."""
    return None


FAILING = {"torch._assert": AssertionError, "torch._check": RuntimeError, "torch._check_value": ValueError}


@function("torch._assert", "torch._check", "torch._check_value", signature="condition, message=None")
def check(call: Call, condition: Value, message: Value) -> Value:
    """`torch._assert(condition, message)`: a failing one raises; one that is not known is taken to hold."""
    if condition is False:
        said = f": {message}" if isinstance(message, str) else ""
        raise Raised(FAILING[call.name], f"{call.name}() fails{said}", call.place)
    return None


def _float_limits(call: Call, cls: Value) -> Value:
    given = call.args.positional[0] if call.args.positional else DTYPES["float"]
    if dtype_named(given) not in LIMITS:
        return call.unknown("the limits of a dtype")
    bits, resolution, greatest, least = LIMITS[dtype_named(given)]
    attrs = {"bits": bits, "eps": resolution, "max": greatest, "min": -greatest, "tiny": least}
    return Instance(cls, {**attrs, "smallest_normal": least}, call.place)


def _integer_limits(call: Call, cls: Value) -> Value:
    name = dtype_named(call.args.positional[0]) if call.args.positional else ""
    if name not in BITS:
        return call.unknown("the limits of a dtype")
    signed = name != "uint8"
    greatest = 2 ** (BITS[name] - signed) - 1
    return Instance(cls, {"bits": BITS[name], "max": greatest, "min": -greatest - 1 if signed else 0}, call.place)


native_class("torch.finfo", new=_float_limits)
native_class("torch.iinfo", new=_integer_limits)


@member(DEVICE, "__str__", signature="")
def device_text(call: Call, self: Instance) -> Value:
    """`str(device)`: `cpu`, `cuda:1`."""
    kind, index = self.attrs["type"], self.attrs["index"]
    return kind if index is None else f"{kind}:{index}"
