"""The seam that chooses an adapter; and, where there is a GPU, that every adapter does what the seam says."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from engines.backends import device, device_cuda_python, device_pycuda
from engines.errors import BackendError
from tests.engines.backends.gpu import on_each_adapter, open_or_skip

# What each interface of the seam is called in the two adapters.
CLASSES = {
    "Device": (device_cuda_python.CudaPythonDevice, device_pycuda.PycudaDevice),
    "DeviceBuffer": (device_cuda_python.Buffer, device_pycuda.Buffer),
    "HostBuffer": (device_cuda_python.PinnedBuffer, device_pycuda.PinnedBuffer),
    "Event": (device_cuda_python.CudaEvent, device_pycuda.PycudaEvent),
    "Kernel": (device_cuda_python.CudaKernel, device_pycuda.PycudaKernel),
    "Stream": (device_cuda_python.CudaStream, device_pycuda.PycudaStream),
}

DOUBLE = 'extern "C" __global__ void twice(float *x, int n, float by) { \
    int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) x[i] *= by; }'


@pytest.mark.parametrize("interface", CLASSES)
def test_both_adapters_have_every_method_with_the_same_arguments(interface):
    for name, method in vars(getattr(device, interface)).items():
        if name.startswith("_") or not inspect.isfunction(method):
            continue
        wanted = list(inspect.signature(method).parameters)
        for adapter in CLASSES[interface]:
            assert list(inspect.signature(getattr(adapter, name)).parameters) == wanted, (adapter, name)


def test_an_unknown_adapter_is_named(monkeypatch):
    with pytest.raises(BackendError, match=r"cuda-python, pycuda, got 'abacus'"):
        device.open_device("abacus")
    monkeypatch.setenv(device.ADAPTER_VARIABLE, "sundial")
    with pytest.raises(BackendError, match="sundial"):
        device.why_no_device()


@on_each_adapter
def test_without_a_gpu_opening_says_why(adapter):
    reason = device.why_no_device(adapter)
    if reason is None:
        pytest.skip(f"there is a GPU here through {adapter}: its absence cannot be tested")
    with pytest.raises(BackendError, match="no GPU can be used here"):
        device.open_device(adapter)


@on_each_adapter
def test_bytes_come_back_from_the_gpu(adapter):
    gpu = open_or_skip(adapter)
    stream, there, here = gpu.open_stream(), gpu.allocate(4096), gpu.allocate_host(4096)
    here.array[:] = np.arange(4096) % 251
    stream.copy_to_device(there, here, 4096)
    stream.fill(there, 7, 16, offset=32)
    stream.copy_on_device(there, there.address + 32, 8, target_offset=4000)
    stream.synchronize()
    here.array[:] = 0
    stream.copy_to_host(here, there, 4096)
    stream.synchronize()
    wanted = (np.arange(4096) % 251).astype(np.uint8)
    wanted[32:48] = wanted[4000:4008] = 7
    assert (here.array == wanted).all()
    for owned in (there, here, stream):
        owned.free()
        owned.free()
    gpu.close()


@on_each_adapter
def test_a_kernel_runs_alone_and_in_a_graph(adapter):
    gpu = open_or_skip(adapter)
    stream, there, here = gpu.open_stream(), gpu.allocate(400), gpu.allocate_host(400)
    (twice,) = gpu.load_kernels(DOUBLE, ["twice"])
    values = here.view(np.float32, (100,))
    values[:] = np.arange(100)

    def work():
        stream.copy_to_device(there, here, 400)
        twice.launch(stream, (4,), (32,), [there, np.int32(100), np.float32(2)])
        stream.copy_to_host(here, there, 400)

    begin = stream.record()
    work()
    end = stream.record()
    stream.synchronize()
    assert (values == 2 * np.arange(100)).all() and end.milliseconds_since(begin) > 0
    if gpu.has_graphs:
        graph = stream.capture(work)
        assert (values == 2 * np.arange(100)).all(), "capturing does not run"
        graph.launch(stream)
        stream.synchronize()
        assert (values == 4 * np.arange(100)).all()
        graph.free()
    else:
        with pytest.raises(BackendError, match="no CUDA graphs"):
            stream.capture(work)
    gpu.close()


@on_each_adapter
def test_faults_of_the_gpu_are_backend_errors(adapter):
    gpu = open_or_skip(adapter)
    with pytest.raises(BackendError, match="CUDA failed"):
        gpu.allocate(1 << 50)
    with pytest.raises(BackendError, match="nonsense"):
        gpu.load_kernels("nonsense", ["nothing"])
    gpu.close()
