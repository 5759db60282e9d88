"""The Node.js that builds the page also runs its tests."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import shutil
from functools import cache
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "scripts" / "build-page"


def load_script() -> ModuleType:
    """Import scripts/build-page, which has no name that `import` takes."""
    loader = importlib.machinery.SourceFileLoader("build_page", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("build_page", loader))
    loader.exec_module(module)
    return module


@cache
def node_program() -> str:
    """Find node as scripts/build-page does. Raises: its BuildError when there is none."""
    return shutil.which("node", path=load_script().find_node())
