"""Build and time one network with TensorRT 8.6, for GPUs where nothing newer runs: a program of its own.

python3.10 tensorrt8.py JOB.json

It needs Python 3.8 or later, the `tensorrt` module and NVIDIA's driver, nothing else: TensorRT 8.6 exists for
no Python that Facecast runs on, so tensorrt8_job.py talks to it through files. The job says: module, onnx,
plan, crops (a file of uint8), count, largest (batch), batches (to time), seconds, build_only. The answer is
printed as JSON, and the outputs of all crops are written beside the plan, one file each.
"""

import ctypes
import json
import math
import os
import sys
import time

INPUT = "image"
WORKSPACE_BYTES = 4 << 30
WARM_UP_CALLS = 5


class Cuda:
    """The few calls of the driver that are needed."""

    def __init__(self):
        self._library = ctypes.CDLL("libcuda.so.1")
        self.call("cuInit", 0)
        device, context = ctypes.c_int(), ctypes.c_void_p()
        self.call("cuDeviceGet", ctypes.byref(device), 0)
        self.call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
        self.call("cuCtxSetCurrent", context)
        self.stream = ctypes.c_void_p()
        self.call("cuStreamCreate", ctypes.byref(self.stream), 1)

    def call(self, name, *arguments):
        status = getattr(self._library, name)(*arguments)
        if status:
            raise RuntimeError(f"{name} failed with the status {status}")

    def allocate(self, nbytes):
        address = ctypes.c_uint64()
        self.call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(nbytes))
        return address

    def allocate_host(self, nbytes):
        address = ctypes.c_void_p()
        self.call("cuMemAllocHost_v2", ctypes.byref(address), ctypes.c_size_t(nbytes))
        return address

    def copy_in(self, device, host, nbytes):
        self.call("cuMemcpyHtoDAsync_v2", device, host, ctypes.c_size_t(nbytes), self.stream)

    def copy_out(self, host, device, nbytes):
        self.call("cuMemcpyDtoHAsync_v2", host, device, ctypes.c_size_t(nbytes), self.stream)

    def wait(self):
        self.call("cuStreamSynchronize", self.stream)


def build(trt, job):
    """Write the plan of the job's network, in fp16 where the version takes a flag for it."""
    log = trt.Logger(trt.Logger.ERROR)
    builder = trt.Builder(log)
    flags = trt.NetworkDefinitionCreationFlag
    config = builder.create_builder_config()
    if hasattr(flags, "STRONGLY_TYPED"):
        network = builder.create_network(1 << int(flags.STRONGLY_TYPED))
    else:
        network = builder.create_network(1 << int(flags.EXPLICIT_BATCH))
        config.set_flag(trt.BuilderFlag.FP16)
    parser = trt.OnnxParser(network, log)
    with open(job["onnx"], "rb") as file:
        if not parser.parse(file.read()):
            raise RuntimeError("; ".join(parser.get_error(i).desc() for i in range(parser.num_errors)))
    config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, WORKSPACE_BYTES)
    profile = builder.create_optimization_profile()
    row = list(network.get_input(0).shape)[1:]
    largest = job["largest"]
    shapes = [trt.Dims([batch] + row) for batch in (1, min(16, largest), largest)]
    profile.set_shape(INPUT, *shapes)
    if config.add_optimization_profile(profile) < 0:
        raise RuntimeError("the batches were refused as a profile")
    plan = builder.build_serialized_network(network, config)
    if plan is None:
        raise RuntimeError("the network could not be built")
    with open(job["plan"], "wb") as file:
        file.write(plan)


class Engine:
    """The plan with its buffers."""

    def __init__(self, trt, job, cuda):
        self.cuda, self.trt = cuda, trt
        with open(job["plan"], "rb") as file:
            self.engine = trt.Runtime(trt.Logger(trt.Logger.ERROR)).deserialize_cuda_engine(file.read())
        if self.engine is None:
            raise RuntimeError("the plan was refused")
        self.context = self.engine.create_execution_context()
        self.row = list(self.engine.get_tensor_shape(INPUT))[1:]
        self.row_bytes = math.prod(self.row)
        names = [self.engine.get_tensor_name(i) for i in range(self.engine.num_io_tensors)]
        self.outputs = [name for name in names if name != INPUT]
        largest = job["largest"]
        self.set_batch(largest)
        self.sizes = {INPUT: self.row_bytes}
        for name in self.outputs:
            self.sizes[name] = 4 * math.prod(list(self.context.get_tensor_shape(name))[1:])
        self.device = {name: cuda.allocate(largest * size) for name, size in self.sizes.items()}
        self.host = {name: cuda.allocate_host(largest * size) for name, size in self.sizes.items()}
        for name, address in self.device.items():
            self.context.set_tensor_address(name, address.value)

    def set_batch(self, batch):
        if not self.context.set_input_shape(INPUT, self.trt.Dims([batch] + self.row)):
            raise RuntimeError(f"a batch of {batch} was refused")

    def put(self, crops):
        ctypes.memmove(self.host[INPUT], crops, len(crops))

    def run(self, batch, copies_in):
        if copies_in:
            self.cuda.copy_in(self.device[INPUT], self.host[INPUT], batch * self.row_bytes)
        if not self.context.execute_async_v3(self.cuda.stream.value):
            raise RuntimeError("the engine failed to run")
        for name in ("points", "confidence", "appearance"):
            if name in self.outputs:
                self.cuda.copy_out(self.host[name], self.device[name], batch * self.sizes[name])
        self.cuda.wait()

    def take(self, name, batch):
        return ctypes.string_at(self.host[name], batch * self.sizes[name])


def time_calls(call, seconds):
    """Call for so many seconds, ten times at least; tell the median and the 99th percentile in ms."""
    for _ in range(WARM_UP_CALLS):
        call()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 10 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    return {
        "median_ms": times[len(times) // 2],
        "p99_ms": times[int(0.99 * (len(times) - 1))],
        "calls": len(times),
    }


def run(trt, job):
    """Read all crops and time the batches. Returns: the answer."""
    engine = Engine(trt, job, Cuda())
    with open(job["crops"], "rb") as file:
        crops = file.read()
    names = [name for name in ("points", "confidence", "appearance") if name in engine.outputs]
    found, step = {name: b"" for name in names}, job["largest"]
    for start in range(0, job["count"], step):
        batch = min(step, job["count"] - start)
        engine.set_batch(batch)
        engine.put(crops[start * engine.row_bytes : (start + batch) * engine.row_bytes])
        engine.run(batch, True)
        for name in names:
            found[name] += engine.take(name, batch)
    for name in names:
        with open(job["plan"] + "." + name, "wb") as file:
            file.write(found[name])
    lines = []
    for batch in job["batches"]:
        engine.set_batch(batch)
        engine.put((crops * (batch // job["count"] + 1))[: batch * engine.row_bytes])
        lines.append({
            "batch": batch,
            "from_host": time_calls(lambda b=batch: engine.run(b, True), job["seconds"]),
            "on_device": time_calls(lambda b=batch: engine.run(b, False), job["seconds"]),
        })  # fmt: skip
    return {"outputs": names, "lines": lines}


def main():
    with open(sys.argv[1]) as file:
        job = json.load(file)
    trt = __import__(job["module"])
    answer = {"version": trt.__version__}
    if not os.path.exists(job["plan"]):
        start = time.perf_counter()
        build(trt, job)
        answer["build_s"] = time.perf_counter() - start
    if not job["build_only"]:
        answer.update(run(trt, job))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
