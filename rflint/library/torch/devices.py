"""What depends on the machine: accelerators, and the processes of a distributed run."""

from __future__ import annotations

from rflint.interp.frames import Call
from rflint.interp.values import Value
from rflint.library.registry import LIBRARY, function

ACCELERATORS = (
    "torch.cuda.is_available torch.cuda.is_bf16_supported torch.cuda.is_initialized torch.cuda.device_count "
    "torch.cuda.current_device torch.cuda.get_device_capability torch.cuda.get_device_name "
    "torch.cuda.get_device_properties torch.cuda.memory_allocated torch.cuda.max_memory_allocated "
    "torch.xpu.is_available torch.mps.is_available torch.accelerator.is_available "
    "torch.backends.mps.is_available torch.backends.mps.is_built torch.backends.cuda.is_built "
    "torch.backends.cudnn.is_available torch.backends.cudnn.version torch.backends.mkldnn.is_available "
    "torch.backends.opt_einsum.is_available"
)
PROCESSES = (
    "is_available is_initialized get_rank get_world_size get_backend new_group all_reduce all_gather "
    "all_gather_object all_gather_into_tensor broadcast broadcast_object_list reduce reduce_scatter gather scatter "
    "all_to_all_single barrier init_process_group destroy_process_group"
)
HARMLESS = (
    "torch.cuda.reset_peak_memory_stats torch.cuda.ipc_collect torch.cuda.init torch.random.manual_seed "
    "torch.mps.manual_seed torch.xpu.manual_seed torch.set_num_interop_threads torch.set_flush_denormal "
    "torch.set_warn_always torch.set_deterministic_debug_mode "
    "torch.multiprocessing.set_start_method torch.multiprocessing.set_sharing_strategy"
)


@function(*ACCELERATORS.split())
def accelerator(call: Call) -> Value:
    """Nothing is known of the machine on which the network will run."""
    return call.unknown("whether a GPU is there")


@function(*(f"torch.distributed.{name}" for name in PROCESSES.split()))
def processes(call: Call) -> Value:
    """Nothing is known of the other processes."""
    return call.unknown("whether other processes take part")


@function(*HARMLESS.split())
def harmless(call: Call) -> Value:
    """What has no effect on shapes."""
    return None


for _module in ("torch.backends.cudnn", "torch.backends.cuda.matmul", "torch.backends.mkldnn", "torch.distributed.nn"):
    LIBRARY.declare(_module)
