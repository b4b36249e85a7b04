"""Sources fixed in memory, for tests of what fixes do."""

from __future__ import annotations

from rflint.config import Config
from rflint.fixes.mending import Mended, mended
from rflint.linter import Options

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n"


def outcome(files: dict[str, str], unsafe: bool = True, targets: list[str] | None = None) -> Mended:
    """What becomes of these files."""
    return mended(targets or list(files), Options(Config(ignore=("RF101",)), read=files.get), unsafe)


def fixed(text: str, **others: str) -> str:
    """What becomes of `net.py` with all its fixes, beside other files that are linted with it."""
    files = {"net.py": text, **{f"{name}.py": other for name, other in others.items()}}
    done = outcome(files)
    return done.texts["net.py"][1] if "net.py" in done.texts else text


def one_layer(call: str, before: str = "", arguments: str = "", made: str = "Net()", init: str = "") -> str:
    """A network whose layer is built by this call."""
    rows = "".join(f"        {line}\n" for line in init.splitlines())
    return (
        f"{HEAD}{before}\n"
        f"class Net(nn.Module):\n    def __init__(self{arguments}):\n        super().__init__()\n{rows}"
        f"        self.layer = {call}\n\n    def forward(self, x):\n        return self.layer(x)\n\n\n"
        f"{made}(torch.zeros(1, 8, 64, 64))\n"
    )
