"""Edits that the rules ask for, in ways of writing that their pages do not show: what becomes of which line."""

from __future__ import annotations

import difflib

import pytest

from rflint import linter
from rflint.config import from_toml
from rflint.diagnostics import Repair
from rflint.fixes.splicing import spliced

HEAD = "from torch import nn\nimport torch.nn.functional as F\n"


def repair(text: str, code: str) -> Repair | None:
    """The fix of the first finding of a rule."""
    config = from_toml(f"extend-select = ['{code}']", linter.known_rules())
    report = linter.check(["net.py"], linter.Options(config, read={"net.py": text}.get))
    assert not report.failures
    return next(one.fix for one in report.diagnostics if one.code == code)


def edited(text: str, code: str) -> list[str]:
    """The lines that the fix of the first finding of a rule takes away and puts there, without indentation."""
    fix = repair(text, code)
    assert fix is not None
    assert not fix.refused
    diff = difflib.ndiff(text.splitlines(), spliced(text, fix.changes).splitlines())
    return [f"{line[0]} {line[2:].strip()}" for line in diff if line[0] in "+-"]


def network(init: str, forward: str, args: str = "", comment: str = "", name: str = "Net") -> str:
    """A network with these lines."""
    body = [f"{HEAD}\n\n{comment}\nclass {name}(nn.Module):", f"    def __init__(self{args}):"]
    body += [f"        {line}" for line in ("super().__init__()", *init.splitlines())]
    body += ["", "    def forward(self, x):", *(f"        {line}" for line in forward.splitlines())]
    return "\n".join(body) + "\n"


# paddings that follow a dilation

RATES = "self.net = nn.Sequential(*(nn.Conv2d(8, 8, {kernel}, padding={padding}, dilation={rate}) for d in rates))"


@pytest.mark.parametrize(
    ("kernel", "padding", "rate", "written"),
    [
        ("3", "1", "d", "3, padding=d, dilation=d"),
        ("5", "2", "d", "5, padding=2 * d, dilation=d"),
        ("k", "1", "d", "k, padding=d * (k - 1) // 2, dilation=d"),
        ("k", "1", "2 * d", "k, padding=(2 * d) * (k - 1) // 2, dilation=2 * d"),
    ],
)
def test_padding_is_written_with_the_dilation_of_its_call(kernel: str, padding: str, rate: str, written: str) -> None:
    init = RATES.format(kernel=kernel, padding=padding, rate=rate)
    text = network(init, "return self.net(x)", ", rates=(1, 2, 5), k=3")
    assert edited(text, "RF207")[1] == f"+ self.net = nn.Sequential(*(nn.Conv2d(8, 8, {written}) for d in rates))"


# dilations of a schedule


def test_rates_change_in_the_list_they_come_from() -> None:
    text = network(RATES.format(kernel="3", padding="d", rate="d"), "return self.net(x)", ", rates=[2, 2, 2, 2]")
    assert edited(text, "RF201")[1] == "+ def __init__(self, rates=[1, 2, 2, 3]):"


def test_blocks_that_are_repeated_get_the_same_rates() -> None:
    text = f"""{HEAD}
class Block(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(8, 8, 3, padding=4, dilation=4), nn.Conv2d(8, 8, 3, padding=4, dilation=4))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(), Block())

    def forward(self, x):
        return self.blocks(x)
"""
    convs = (
        "super().__init__(nn.Conv2d(8, 8, 3, padding={0}, dilation={0}), nn.Conv2d(8, 8, 3, padding={1}, dilation={1}))"
    )
    assert edited(text, "RF201")[1] == f"+ {convs.format(1, 3)}"


def test_one_number_for_layers_that_need_different_ones_is_no_fix() -> None:
    text = network(RATES.format(kernel="3", padding="2", rate="2"), "return self.net(x)", ", rates=(1, 1, 1)")
    fix = repair(text, "RF201")
    assert fix is not None
    assert fix.refused


def test_rates_of_layers_that_do_not_keep_the_size_are_left_alone() -> None:
    text = network(RATES.format(kernel="3", padding="0", rate="d"), "return self.net(x)", ", rates=(2, 2, 2)")
    assert repair(text, "RF201") is None


# collections that register nothing


@pytest.mark.parametrize(
    ("collection", "written"),
    [
        ("[nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)]", "nn.ModuleList([nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)])"),
        ("nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)", "nn.ModuleList((nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)))"),
        ("[nn.Conv2d(3, 3, 1) for _ in 'ab']", "nn.ModuleList([nn.Conv2d(3, 3, 1) for _ in 'ab'])"),
    ],
)
def test_a_list_of_modules_becomes_one_of_torch(collection: str, written: str) -> None:
    text = network(f"self.convs = {collection}", "for conv in self.convs:\n    x = conv(x)\nreturn x")
    assert edited(text, "RF414")[1] == f"+ self.convs = {written}"


def test_what_is_wrapped_stays_where_it_is() -> None:
    init = "self.convs = [nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)]"
    fix = repair(network(init, "for conv in self.convs:\n    x = conv(x)\nreturn x"), "RF414")
    assert fix is not None
    assert [change.text for change in fix.changes] == ["nn.ModuleList(", ")"]
    assert all(change.span[:2] == change.span[2:] for change in fix.changes)


def test_a_dict_of_modules_becomes_one_of_torch() -> None:
    init = "self.convs = {name: nn.Conv2d(3, 3, 1) for name in 'ab'}"
    text = network(init, "return self.convs['b'](self.convs['a'](x))")
    assert edited(text, "RF414")[1] == f"+ self.convs = nn.ModuleDict({init.partition(' = ')[2]})"


def test_a_list_that_setattr_assigns_becomes_one_of_torch() -> None:
    init = "setattr(self, 'convs', [nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)])"
    text = network(init, "return self.convs[1](self.convs[0](x))")
    assert edited(text, "RF414")[1] == f"+ {init.replace('[', 'nn.ModuleList([').replace(']', '])')}"


@pytest.mark.parametrize(
    "collection",
    ["[[nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)]]", "[nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1), 3]"],
)
def test_what_torch_would_not_take_is_left_alone(collection: str) -> None:
    text = network(f"self.convs = {collection}", "return x")
    assert repair(text, "RF414") is None


# slices and pads


@pytest.mark.parametrize(("cut", "written"), [("-x.size(-1):", ":x.size(-1)"), ("8:", ":-8"), ("4 + 4:", ":-(4 + 4)")])
def test_a_crop_keeps_the_beginning(cut: str, written: str) -> None:
    init = "self.causal = nn.Conv1d(8, 8, 3, padding=8, dilation=4)"
    text = network(init, f"return self.causal(x)[:, :, {cut}]", comment="# rflint: input=(N, 8, 32)", name="CausalNet")
    assert edited(text, "RF312")[1] == f"+ return self.causal(x)[:, :, {written}]"


def test_a_padding_of_both_sides_moves_to_the_left() -> None:
    init = "self.causal = nn.Conv1d(8, 8, 3, padding=4, dilation=4)"
    text = network(init, "return self.causal(x.relu())", comment="# rflint: input=(N, 8, 32)", name="CausalNet")
    assert edited(text, "RF312") == [
        f"- {init}",
        f"+ {init.replace('padding=4', 'padding=0')}",
        "- return self.causal(x.relu())",
        "+ return self.causal(F.pad(x.relu(), (8, 0)))",
    ]


def test_a_slice_up_to_nothing_goes_on_to_the_end() -> None:
    text = network("self.p = 0", "return x[..., :-self.p]", comment="# rflint: input=(N, 8, 32)")
    assert edited(text, "RF313")[1] == "+ return x[..., :-self.p or None]"


# features


def test_channels_that_stand_last_are_moved() -> None:
    text = network("self.conv = nn.Conv2d(3, 8, 3)", "return self.conv(x)", comment="# rflint: input=(N, 32, 48, 3)")
    assert edited(text, "RF401")[1] == "+ return self.conv(x.permute(0, 3, 1, 2))"


@pytest.mark.parametrize(
    ("conv", "norm", "written"),
    [
        ("nn.Conv2d(before, after, 3)", "nn.BatchNorm2d(before)", "nn.BatchNorm2d(after)"),
        ("nn.Conv2d(before, 2 * after, 3)", "nn.BatchNorm2d(after)", "nn.BatchNorm2d(2 * after)"),
        ("nn.Conv2d(before, after, 3)", "nn.Conv2d(before, 8, 1)", "nn.Conv2d(after, 8, 1)"),
        ("nn.Conv2d(before, after, 3)", "nn.GroupNorm(1, num_channels=32)", "nn.GroupNorm(1, num_channels=after)"),
    ],
)
def test_channels_are_written_like_those_of_the_layer_that_makes_them(conv: str, norm: str, written: str) -> None:
    text = f"""{HEAD}
class Block(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.conv = {conv}
        self.act = nn.ReLU()
        self.norm = {norm}

    def forward(self, x):
        return self.norm(self.act(self.conv(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3, 16), Block(3, 24), Block(3, 40)])

    def forward(self, x):
        return [block(x) for block in self.blocks]
"""
    code = "RF401" if norm.startswith("nn.Conv") else "RF403"
    assert edited(text, code)[1] == f"+ self.norm = {written}"


def test_a_missing_flatten_is_put_around_what_the_layer_is_called_on() -> None:
    text = network("self.fc = nn.Linear(48, 2)", "return self.fc(x)", comment="# rflint: input=(N, 3, 4, 4)")
    assert edited(text, "RF402")[1] == "+ return self.fc(x.flatten(1))"
    assert edited(f"import torch\n{text}", "RF402")[1] == "+ return self.fc(torch.flatten(x, 1))"


def test_without_a_name_for_torch_a_sample_is_flattened_by_its_method() -> None:
    init = "self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(90, 10)"
    text = network(init, "return self.fc(self.conv(x).view(-1, 90))", comment="# rflint: input=(1, 3, 10, 10)")
    assert edited(text, "RF408")[1::2] == [
        "+ self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(512, 10)",
        "+ return self.fc(self.conv(x).flatten(1))",
    ]


# statements


def test_the_call_of_the_parent_is_put_behind_the_docstring() -> None:
    init = "self.conv = nn.Conv2d(3, 3, 1)"
    text = network(f'"""A network."""\n{init}', "return self.conv(x)").replace("        super().__init__()\n", "")
    assert edited(text, "RF417") == ["+ super().__init__()"]
    assert spliced(text, getattr(repair(text, "RF417"), "changes", ())).index("super()") > text.index('"""A')


def test_the_call_of_the_parent_moves_as_it_is() -> None:
    text = network("self.conv = nn.Conv2d(3, 3, 1)\nsuper(Net, self).__init__()", "return self.conv(x)")
    text = text.replace("        super().__init__()\n", "")
    assert edited(text, "RF417") == ["+ super(Net, self).__init__()", "- super(Net, self).__init__()"]


def test_a_call_of_the_parent_inside_of_a_block_is_left_alone() -> None:
    text = network("self.conv = nn.Conv2d(3, 3, 1)\nif x:\n    super().__init__()", "return self.conv(x)", ", x=1")
    fix = repair(text.replace("        super().__init__()\n        self", "        self"), "RF417")
    assert fix is not None
    assert fix.refused


def test_an_assignment_to_two_names_is_left_alone() -> None:
    init = "self.head = self.tail = nn.Conv2d(3, 3, 1)\nself.conv = nn.Conv2d(3, 3, 17, padding=8)"
    fix = repair(network(init, "return self.conv(x)", comment="# rflint: input=(N, 3, 8, 8)"), "RF416")
    assert fix is None or fix.refused


# names


@pytest.mark.parametrize("head", ["from torch import nn", "import torch.nn as nn", "import torch"])
def test_a_norm_of_another_rank_is_called_as_the_file_calls_torch(head: str) -> None:
    nn = "torch.nn" if head == "import torch" else "nn"
    text = network(f"self.norm = {nn}.BatchNorm2d(8)", "return self.norm(x)", comment="# rflint: input=(N, 8)")
    text = text.replace(HEAD, f"{head}\n").replace("(nn.Module)", f"({nn}.Module)")
    assert edited(text, "RF412")[1] == f"+ self.norm = {nn}.BatchNorm1d(8)"


def test_a_norm_under_another_name_is_left_alone() -> None:
    text = network(
        "Norm = nn.BatchNorm2d\nself.norm = Norm(8)", "return self.norm(x)", comment="# rflint: input=(N, 8)"
    )
    fix = repair(text, "RF412")
    assert fix is not None
    assert fix.refused


def test_layers_of_one_list_are_called_one_after_the_other() -> None:
    init = "self.convs = nn.ModuleList(nn.Conv2d(3, 3, 1) for _ in range(2))"
    right = "self.convs = nn.Sequential(*(nn.Conv2d(3, 3, 1) for _ in range(2)))"
    assert edited(network(init, "return self.convs(x)"), "RF419")[1] == f"+ {right}"


# numbers


@pytest.mark.parametrize(
    ("written", "right"),
    [("k / 2", "k // 2"), ("2.0", "2"), ("(k + 1) / 2", "(k + 1) // 2")],
)
def test_a_float_becomes_the_integer_that_is_meant(written: str, right: str) -> None:
    text = network(f"self.conv = nn.Conv2d(3, 3, 3, padding={written})", "return self.conv(x)", ", k=3")
    assert edited(text, "RF421")[1] == f"+ self.conv = nn.Conv2d(3, 3, 3, padding={right})"


def test_a_whole_float_is_written_as_an_integer_in_pools_too() -> None:
    text = network("self.pool = nn.MaxPool2d(2.0)", "return self.pool(x)")
    assert edited(text, "RF421")[1] == "+ self.pool = nn.MaxPool2d(2)"
    fix = repair(text, "RF421")
    assert fix is not None
    assert fix.safe


@pytest.mark.parametrize("written", ["padding=1.5", "**{'padding': 1.0}"])
def test_a_fraction_and_what_is_written_elsewhere_are_left_alone(written: str) -> None:
    assert repair(network(f"self.conv = nn.Conv2d(3, 3, 3, {written})", "return self.conv(x)"), "RF421") is None


def test_a_float_that_is_multiplied_is_left_alone() -> None:
    text = network("self.conv = nn.Conv2d(3, 3, 3, padding=k * 0.5)", "return self.conv(x)", ", k=3")
    fix = repair(text, "RF421")
    assert fix is not None
    assert fix.refused


# kernels


def test_a_vocoder_with_an_odd_rate_is_written_with_the_arguments_of_its_loop() -> None:
    init = (
        "self.ups = nn.ModuleList()\nfor u, k in zip((4, 5), (8, 10)):\n"
        "    self.ups.append(nn.ConvTranspose1d(8, 8, k, u, padding=(k - u) // 2))"
    )
    text = network(init, "for up in self.ups:\n    x = up(x)\nreturn x", comment="# rflint: input=(N, 8, 32)")
    layer = "nn.ConvTranspose1d(8, 8, k, u, padding=(k - u + 1) // 2, output_padding=(k - u) % 2)"
    assert edited(text, "RF504")[1] == f"+ self.ups.append({layer})"


UPS = "def up(k):\n    return nn.ConvTranspose2d(8, 8, k, stride=2, padding=1)\n"


def test_a_kernel_is_changed_in_the_call_that_hands_it_on() -> None:
    text = network(f"{UPS}self.up = up(3)\nself.last = nn.Conv2d(8, 3, 1)", "return self.last(self.up(x)).tanh()")
    assert edited(text, "RF501")[1] == "+ self.up = up(4)"


def test_an_argument_that_is_added_must_be_right_for_all_layers_of_its_call() -> None:
    init = f"{UPS}self.up = up(3)\nself.down = nn.Conv2d(8, 8, 2, stride=2)\nself.other = up(4)"
    comment = "# rflint: input=(N, 8, 32, 32)"
    fix = repair(network(init, "return self.up(self.other(self.down(x)))", comment=comment), "RF504")
    assert fix is not None
    assert fix.refused == "output_padding of another layer is written in the same place"


def test_numbers_are_changed_where_a_dict_hands_them_on() -> None:
    text = network("self.pool = nn.MaxPool2d(4, **POOL)", "return self.pool(x)").replace(
        HEAD, f"{HEAD}POOL = {{'padding': 3}}\n"
    )
    assert edited(text, "RF307")[1] == "+ POOL = {'padding': 2}"


def test_features_are_written_as_a_product_where_one_was() -> None:
    init = "self.fc = nn.Linear(3 * 5 * 4, 2)"
    text = network(init, "return self.fc(x.flatten(1))", comment="# rflint: input=(N, 3, 6, 4)")
    assert edited(text, "RF402")[1] == "+ self.fc = nn.Linear(3 * 6 * 4, 2)"


def test_a_product_that_is_nothing_whatever_the_width_is_written_without_it() -> None:
    init = "self.fc = nn.Linear(3 * 5 * 4, 2)"
    text = network(init, "return self.fc(x[:, :0, :0].flatten(1))", comment="# rflint: input=(N, 3, 6, W)")
    assert edited(text, "RF402")[1] == "+ self.fc = nn.Linear(0, 2)"


def test_blocks_of_different_widths_are_mended_in_one_place() -> None:
    text = f"""{HEAD}
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return self.norm(self.conv(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(8), Block(16)])

    def forward(self, x):
        return [block(x) for block in self.blocks]
"""
    assert edited(text, "RF601")[1] == "+ self.conv = nn.Conv2d(3, width, 3, padding=1, bias=False)"


def test_a_pool_that_rounds_down_against_a_convolution_rounds_up() -> None:
    init = "self.pool = nn.MaxPool2d(2)\nself.conv = nn.Conv2d(3, 3, 3, stride=2, padding=1)"
    text = network(init, "return self.pool(x) + self.conv(x)", comment="# rflint: input=(N, 3, 75, 75)")
    assert edited(text, "RF405")[1] == "+ self.pool = nn.MaxPool2d(2, ceil_mode=True)"


UPSAMPLED = "self.up = nn.ConvTranspose2d({})"


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("3, 8, 3, stride=2", "3, 8, 3, stride=2, padding=1, output_padding=1"),
        ("3, 8, 3, stride=2,", "3, 8, 3, stride=2, padding=1, output_padding=1,"),
        ("3, 8, 3, 2, bias=False", "3, 8, 3, 2, bias=False, padding=1, output_padding=1"),
        ("\n    3, 8, 3,\n    stride=2\n", "\n    3, 8, 3,\n    stride=2,\n    padding=1,\n    output_padding=1\n"),
        ("\n    3, 8, 3,\n    stride=2,\n", "\n    3, 8, 3,\n    stride=2,\n    padding=1,\n    output_padding=1,\n"),
        ("\n    3, 8, 3,\n    stride=2)", "\n    3, 8, 3,\n    stride=2,\n    padding=1,\n    output_padding=1)"),
    ],
)
def test_two_arguments_are_added_as_the_others_are_written(given: str, written: str) -> None:
    comment = "# rflint: input=(1, 3, 16, 16)"
    given, wanted = (UPSAMPLED.format(text).replace("))", ")") for text in (given, written))
    before, after = (network(text, "return self.up(x)", comment=comment) for text in (given, wanted))
    fix = repair(before, "RF504")
    assert fix is not None
    assert spliced(before, fix.changes) == after
