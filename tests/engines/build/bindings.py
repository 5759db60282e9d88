"""What NVIDIA's real Python modules of TensorRT offer, without a GPU and without TensorRT's libraries.

The modules are small wheels on the package index (tensorrt-cu13-bindings). Their libraries are not, but to be
loaded a module needs only nine C functions of them; stand-ins that do nothing take their place here. So every
class, method and signature is the real one, and nothing can be run. `binding_names.json` keeps what all
versions have in common of the classes that are used; `python -m tests.engines.build.bindings` fetches the
wheels into .cache and writes it anew.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from engines.build import flavours

ROOT = Path(__file__).parents[3]
RECORD = Path(__file__).with_name("binding_names.json")
WHEELS = ROOT / ".cache" / "tensorrt_bindings"
PACKAGE = "tensorrt-cu13-bindings"
VERSIONS = ("10.16.0.72", "10.16.1.11", "11.0.0.114", "11.1.0.106", "11.2.1.2", "11.3.0.99", "11.4.0.106")
LIBRARIES = ("nvinfer", "nvinfer_plugin", "nvonnxparser")
FUNCTIONS = (
    "createInferBuilder_INTERNAL", "createInferRefitter_INTERNAL", "createInferRuntime_INTERNAL",
    "createNvOnnxParserRefitter_INTERNAL", "createNvOnnxParser_INTERNAL", "getBuilderPluginRegistry",
    "getNvOnnxParserVersion", "getPluginRegistry", "initLibNvInferPlugins",
)  # fmt: skip
# A class or "" for the module -> its names -> how each may be called; [] where it is not called.
Names = dict[str, dict[str, list[str]]]


def used_classes() -> list[str]:
    """Every class of which the code uses anything."""
    return sorted({*flavours.NAMES, *flavours.OPTIONAL_NAMES})


def names_of(module) -> Names:
    """List what a loaded module offers of the classes that are used."""
    found = {}
    for owner in used_classes():
        place = getattr(module, owner, None) if owner else module
        if place is None:
            continue
        public = [name for name in dir(place) if not name.startswith("_")]
        if not owner:  # hundreds: those that are used, and the classes
            asked = {*used_classes(), *flavours.NAMES[""], *flavours.OPTIONAL_NAMES[""]}
            public = [name for name in dir(place) if name in asked]
        found[owner] = {name: signatures(name, getattr(place, name)) for name in sorted(public)}
    return found


def signatures(name: str, member: object) -> list[str]:
    """Read a function's parameters from its documentation: "name, shape", with = behind one that may lack."""
    words = getattr(member, "__doc__", None) or ""
    lines = re.findall(rf"^(?:\d+\. )?{name}\((.*)\) -> ", words, re.MULTILINE)
    return [", ".join(_parameters(line)) for line in lines] if callable(member) else []


def _parameters(line: str) -> list[str]:
    depth, parts = 0, [""]
    for letter in line:
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    named = [part.strip() for part in parts if part.strip()]
    return [p.split(":")[0] + "=" * (" = " in p) for p in named if not p.startswith("self")]


def common(first: Names, second: Names) -> Names:
    """Keep the names, and the ways to call them, that both have."""
    both = {}
    for owner in first.keys() & second.keys():
        shared = first[owner].keys() & second[owner].keys()
        both[owner] = {n: [s for s in first[owner][n] if s in second[owner][n]] for n in shared}
    return both


def accepts(signature: str, count: int) -> bool:
    """Tell whether a function takes so many arguments by their place."""
    parameters = [one for one in signature.split(", ") if one]
    needed = [one for one in parameters if not one.endswith("=")]
    return len(needed) <= count <= len(parameters)


def read_wheel(wheel: Path) -> Names:
    """Load a wheel's module in a process of its own, with stand-ins, and list its names."""
    with tempfile.TemporaryDirectory(prefix="facecast-") as folder:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
        major = wheel.name.split("-")[1].split(".")[0]
        source = Path(folder) / "stand_in.c"
        source.write_text("".join(f"void *{name}(void) {{ return 0; }}\n" for name in FUNCTIONS))
        for name in LIBRARIES:
            library = f"lib{name}.so.{major}"
            command = ["cc", "-shared", "-fPIC", f"-Wl,-soname,{library}", "-o", library, source.name]
            subprocess.run(command, cwd=folder, check=True, timeout=60)
        command = [sys.executable, "-m", __spec__.name, "--list", folder, major]
        answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
        return json.loads(answer.stdout)


def wheels() -> list[Path]:
    """The fetched wheels of all versions for this Python; fewer if some are missing."""
    tag = f"cp{sys.version_info.major}{sys.version_info.minor}"
    found = [sorted(WHEELS.glob(f"tensorrt_cu13_bindings-{v}-{tag}-*.whl")) for v in VERSIONS]
    return [some[0] for some in found if some]


def record(found: list[Path]) -> dict:
    """Say what all wheels have in common."""
    names = read_wheel(found[0])
    for wheel in found[1:]:
        names = common(names, read_wheel(wheel))
    return {"package": PACKAGE, "versions": list(VERSIONS), "names": names}


def _list(folder: str, major: str) -> None:
    for name in LIBRARIES:
        ctypes.CDLL(f"{folder}/lib{name}.so.{major}", ctypes.RTLD_GLOBAL)
    sys.path.insert(0, folder)
    print(json.dumps(names_of(importlib.import_module("tensorrt_bindings"))))


def _write() -> None:
    WHEELS.mkdir(parents=True, exist_ok=True)
    for version in VERSIONS:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", str(WHEELS), f"{PACKAGE}=={version}"], check=True)
    RECORD.write_text(json.dumps(record(wheels()), indent=1, sort_keys=True) + "\n")
    print(f"{RECORD.name}: {PACKAGE} {', '.join(VERSIONS)}")


if __name__ == "__main__":
    _list(*sys.argv[2:]) if sys.argv[1:2] == ["--list"] else _write()
