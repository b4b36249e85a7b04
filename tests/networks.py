"""Traces made by hand: a few lines of a network's `forward`, without a source, for tests of rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rflint import field
from rflint.dims import Size, symbol
from rflint.field import IDENTITY, Access
from rflint.trace import Layer, Operand, Place, Read, Shape, Trace, Use

MIXED = Read("mixed")

N, H, W = symbol("N"), symbol("H"), symbol("W")


class T(NamedTuple):
    """A tensor on its way through `forward`."""

    source: int | str | None
    shape: Shape | None


def same(x: T) -> list[Read]:
    """All axes read position by position."""
    return [Read("kept", axis, IDENTITY) for axis in range(len(x.shape or ()))]


class Network:
    """Records uses.  Layers are named by `path`; a place's mark is 100 * (use + 1), plus the argument's number + 2 for
    the arguments of its constructor and 1 for the constructor itself; see `where`."""

    def __init__(self, **inputs: Shape) -> None:
        self.inputs = inputs
        self.uses: list[Use] = []
        self.marks: dict[Place, str] = {}

    def input(self, name: str = "x") -> T:
        """A network input."""
        return T(name, self.inputs[name])

    def use(
        self,
        base: str,
        operands: Sequence[tuple[T, Sequence[Read]]],
        output: Shape | None,
        path: str = "",
        args: dict[str, Any] | None = None,
        like: T | None = None,
        **more: Any,
    ) -> T:
        """One use.  With a path it is a constructed layer; `like`: its constructor call is that of an earlier use."""
        index = len(self.uses)
        call, defined = Place("net.py", 100 * (index + 1)), Place("net.py", 100 * (index + 1) + 1)
        name = path or f"{base}#{index}"
        self.marks[call] = f"{name}()"
        layer = Layer(base if path else base.lower(), base, args or {}, call, {})
        if path:
            self.marks[defined] = name
            places = {a: Place("net.py", defined.mark + 1 + i) for i, a in enumerate(args or {})}
            self.marks |= {place: f"{name}.{a}" for a, place in places.items()}
            layer = Layer(base, base, args or {}, defined, places)
        if like is not None:
            twin = self.uses[like.source].layer  # type: ignore[index]
            layer = Layer(base, base, args or {}, twin.defined, twin.places)
        rows = tuple(Operand(x.source, x.shape, tuple(reads)) for x, reads in operands)
        self.uses.append(Use(index, path, layer, rows, output, call, **more))
        return T(index, output)

    def where(self, place: Place) -> str:
        """`conv` for a constructor, `conv.padding` for an argument of it, `conv()` for a call."""
        return self.marks[place]

    def trace(self, *outputs: T, declared: bool = False, complete: bool = True, **more: Any) -> Trace:
        """The finished trace."""
        return Trace(
            "net.py::Net()", "Net()", "net.py", None, dict(self.inputs), dict(self.inputs), self.uses,
            [x.shape for x in outputs], [x.source for x in outputs], [], complete, declared=declared, **more,
        )  # fmt: skip

    # Layers with a window.  Spatial arguments are one number for all axes, or one per axis.

    def conv(self, x: T, out: int = 8, k: Any = 3, path: str = "conv", base: str = "Conv", **args: Any) -> T:
        """A convolution; `into` is its in_channels, if not what it is given; an argument that is None is not known."""
        assert x.shape is not None
        rank = args.pop("rank", len(x.shape) - 2)
        like, more = args.pop("like", None), args.pop("more", {})
        kernel, stride, dilation = (each(v, rank) for v in (k, args.get("stride", 1), args.get("dilation", 1)))
        padding = args.get("padding", 0)
        known = {
            "in_channels": args.get("into", x.shape[-1 - rank]),
            "out_channels": out,
            "kernel_size": kernel,
            "stride": stride,
            "padding": padding if isinstance(padding, str) else each(padding, rank),
            "dilation": dilation,
            "groups": args.get("groups", 1),
            "padding_mode": args.get("padding_mode", "zeros"),
        }
        both = [2 * p for p in each(0 if padding == "valid" else padding, rank)] if padding != "same" else None
        sides = both or [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
        access = [field.window(k, s, p // 2, d) for k, s, p, d in zip(kernel, stride, sides, dilation, strict=True)]
        sizes = [
            (n + p - d * (k - 1) - 1) // s + 1
            for n, k, s, p, d in zip(x.shape[-rank:], kernel, stride, sides, dilation, strict=True)
        ]
        return self.window(x, f"{base}{rank}d", access, sizes, out, path, known, args.get("unknown", ()), like, more)

    def transposed(self, x: T, out: int = 8, k: Any = 4, path: str = "up", **args: Any) -> T:
        """A transposed convolution."""
        assert x.shape is not None
        rank = len(x.shape) - 2
        names = ("stride", "padding", "output_padding", "dilation")
        kernel, stride, padding, extra, dilation = (
            each(v, rank) for v in (k, *(args.get(name, int(name in ("stride", "dilation"))) for name in names))
        )
        known = {
            "in_channels": args.get("into", x.shape[1]),
            "out_channels": out,
            "kernel_size": kernel,
            "stride": stride,
            "padding": padding,
            "output_padding": extra,
            "groups": args.get("groups", 1),
            "dilation": dilation,
        }
        access = [field.transposed(k, s, p, d) for k, s, p, d in zip(kernel, stride, padding, dilation, strict=True)]
        sizes = [
            (n - 1) * s - 2 * p + d * (k - 1) + e + 1
            for n, k, s, p, e, d in zip(x.shape[2:], kernel, stride, padding, extra, dilation, strict=True)
        ]
        unknown, like = args.get("unknown", ()), args.get("like")
        return self.window(
            x, f"ConvTranspose{rank}d", access, sizes, out, path, known, unknown, like, args.get("more", {})
        )

    def pool(self, x: T, k: Any = 2, path: str = "pool", base: str = "MaxPool", **args: Any) -> T:
        """A pool; like torch's its stride is the kernel unless it is given, and None in its arguments then."""
        assert x.shape is not None
        rank = len(x.shape) - 2
        kernel, padding = each(k, rank), each(args.get("padding", 0), rank)
        stride = each(args["stride"], rank) if "stride" in args else None
        known = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": args.get("ceil_mode", False)}
        known |= {"dilation": each(1, rank)} if base == "MaxPool" else {}
        access = [field.window(k, s, p) for k, s, p in zip(kernel, stride or kernel, padding, strict=True)]
        spare = [s - 1 if args.get("ceil_mode") else 0 for s in stride or kernel]
        sizes = [
            (n + 2 * p - k + e) // s + 1
            for n, k, s, p, e in zip(x.shape[2:], kernel, stride or kernel, padding, spare, strict=True)
        ]
        unknown = args.get("unknown", ())
        return self.window(x, f"{base}{rank}d", access, sizes, None, path, known, unknown, None, args.get("more", {}))

    def window(
        self,
        x: T,
        base: str,
        access: Sequence[Access | None],
        sizes: Sequence[Size],
        out: int | None,
        path: str,
        args: dict[str, Any],
        unknown: Sequence[str],
        like: T | None,
        more: dict[str, Any],
    ) -> T:
        """A use of a layer with a window; where it leaves no position its output is not known."""
        assert x.shape is not None
        first = len(x.shape) - len(access)
        reads = [Read("kept", axis, IDENTITY) for axis in range(first - 1)]
        reads += [Read("mixed") if out is not None else Read("kept", first - 1, IDENTITY)]
        reads += [Read("kept", first + axis, one) for axis, one in enumerate(access)]
        empty = any(isinstance(size, int) and size < 1 for size in sizes)
        output = None if empty else (*x.shape[: first - 1], x.shape[first - 1] if out is None else out, *sizes)
        known = {name: value for name, value in args.items() if name not in unknown}
        return self.use(base, [(x, reads)], output, path, known, like, **more)

    # Other layers.

    def pointwise(self, x: T, base: str = "ReLU", path: str = "", **more: Any) -> T:
        """An activation, norm or the like."""
        return self.use(base, [(x, same(x))], x.shape, path, **more)

    def join(self, *xs: T, base: str = "add", output: Shape | None = None, **more: Any) -> T:
        """An operation position by position; its output has the first operand's shape unless another one is given."""
        clash = len({x.shape for x in xs}) > 1 and output is None
        return self.use(base, [(x, same(x)) for x in xs], None if clash else output or xs[0].shape, **more)

    def cat(self, *xs: T) -> T:
        """Concatenation of channels."""
        reads = [Read("kept", 0, IDENTITY), Read("mixed", 1), Read("kept", 2, IDENTITY), Read("kept", 3, IDENTITY)]
        shapes = [x.shape or () for x in xs]
        channels = sum(shape[1] for shape in shapes if isinstance(shape[1], int))
        return self.use("cat", [(x, reads[: len(shapes[0])]) for x in xs], (shapes[0][0], channels, *shapes[0][2:]))

    def sliced(self, x: T, axis: int, start: int, size: Size, step: int = 1, base: str = "getitem") -> T:
        """A crop, a strided slice or (with a negative start) a pad of an axis."""
        assert x.shape is not None
        reads = same(x)
        reads[axis] = Read("kept", axis, field.strided(start, step))
        return self.use(base, [(x, reads)], (*x.shape[:axis], size, *x.shape[axis + 1 :]))

    def resized(self, x: T, factor: int, mode: str = "nearest", down: bool = False, **args: Any) -> T:
        """Interpolation by an integer factor, up or down."""
        assert x.shape is not None
        by = {"nearest": field.nearest, "bilinear": lambda n, m: field.linear(n, m, False)}[mode]
        access = by(factor, 1) if down else by(1, factor)
        reads = [*same(x)[:2], *(Read("kept", axis, access) for axis in range(2, len(x.shape)))]
        sizes = [n // factor if down else n * factor for n in x.shape[2:]]
        known = {"scale_factor": 1 / factor if down else float(factor), "mode": mode, **args}
        return self.use("Upsample", [(x, reads)], (*x.shape[:2], *sizes), args=known)

    def pooled(self, x: T, base: str = "AdaptiveAvgPool2d") -> T:
        """A global pool to 1×1."""
        assert x.shape is not None
        reads = [*same(x)[:2], *(Read("whole", axis) for axis in range(2, len(x.shape)))]
        return self.use(base, [(x, reads)], (*x.shape[:2], *(1 for _ in x.shape[2:])))

    def flat(self, x: T, base: str = "flatten") -> T:
        """flatten(1)."""
        assert x.shape is not None
        features: Size = 1
        for size in x.shape[1:]:
            features = features * size
        return self.use(base, [(x, [same(x)[0], *(MIXED for _ in x.shape[1:])])], (x.shape[0], features))

    def linear(self, x: T, into: Any, out: int = 10, path: str = "fc", like: T | None = None, **more: Any) -> T:
        """A linear layer."""
        assert x.shape is not None
        args = {"out_features": out} if into is None else {"in_features": into, "out_features": out}
        reads = [*same(x)[:-1], Read("whole", len(x.shape) - 1)]
        return self.use("Linear", [(x, reads)], (*x.shape[:-1], out), path, args, like, **more)


def each(value: Any, rank: int) -> tuple[Any, ...]:
    """One value per axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * rank
