"""The plan cache: a folder of engines, each with a JSON file that says exactly what it was made of.

A plan is loaded only if its description fits this machine and this network in every point and its bytes
have the described hash. Anything else is reported, and built anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from engines.errors import BackendError

log = logging.getLogger(__name__)

CACHE_VARIABLE = "FACECAST_ENGINE_CACHE"
ANY_DEVICE = "any"  # the compute capability of a plan that is not bound to one
# Raised when the preparation of graphs (engines/build) changes: the plans of before are then outdated.
RECIPE = 1
LOCK_TIMEOUT_S = 1800.0  # the longest that another process may build one engine


@dataclass(frozen=True)
class Key:
    """Everything that an engine depends on."""

    network: str  # as in the weights' manifest
    onnx_sha256: str
    flavour: str
    version: str  # of the flavour's module
    compute_capability: str  # "9.0", or ANY_DEVICE
    precision: str
    profile: list
    calibration_sha256: str | None = None  # of the pictures that int8 was calibrated on
    recipe: int = RECIPE

    def digest(self) -> str:
        """Hash of all fields, in hexadecimal."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def stem(self) -> str:
        """Name of the plan's files, without suffix."""
        return f"{self.network}.{self.flavour}.{self.precision}.{self.digest()[:16]}"


@dataclass(frozen=True)
class Entry:
    """One plan as it lies in the cache."""

    path: Path
    key: dict
    bytes: int
    seconds: float
    built: str
    fault: str | None  # why it cannot be used by anybody; None if it is whole


def cache_folder() -> Path:
    """FACECAST_ENGINE_CACHE, else ~/.cache/facecast/engines."""
    named = os.environ.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else Path.home() / ".cache" / "facecast" / "engines"


class PlanCache:
    """Engines on disk."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or cache_folder()

    def load(self, key: Key) -> bytes | None:
        """Return the plan of a key; None, with a warning that tells why, if there is no good one."""
        plan, faults = self._find(key)
        for fault in faults:
            log.warning("%s", fault)
        return plan

    def _find(self, key: Key) -> tuple[bytes | None, list[str]]:
        """Read the plan of a key, or tell what stands in its place: a damaged, foreign or outdated one."""
        path = self.folder / f"{key.stem()}.plan"
        if path.is_file():
            plan, fault = self._read(path, key)
            return plan, [f"engine {path.name} is built anew: {fault}"] if fault else []
        same = ("network", "flavour", "precision", "compute_capability")
        outdated = [e for e in self.entries() if all(e.key.get(n) == getattr(key, n) for n in same)]
        return None, [
            f"engine {entry.path.name} is outdated: {difference(key, entry.key)}" for entry in outdated
        ]

    def store(self, key: Key, plan: bytes, seconds: float) -> Path:
        """Write a plan and its description; both or neither. Raises: BackendError if the disk refuses."""
        path = self.folder / f"{key.stem()}.plan"
        described = {
            "key": asdict(key),
            "plan_sha256": hashlib.sha256(plan).hexdigest(),
            "bytes": len(plan),
            "seconds": round(seconds, 3),
            "built": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            description = path.with_suffix(".json")
            # A plan without its description is not used, so it goes first, and an older one loses its own.
            description.unlink(missing_ok=True)
            _write_whole(path, plan)
            try:
                _write_whole(description, json.dumps(described, indent=1).encode() + b"\n")
            except OSError:
                path.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise BackendError(
                f"cannot write the engine of {key.network} ({len(plan) / 1e6:.1f} MB) to {self.folder}: "
                f"{error.strerror or error}; {CACHE_VARIABLE} names another folder"
            ) from error
        return path

    def get(self, key: Key, build: Callable[[], bytes]) -> tuple[bytes, bool]:
        """Return the plan of a key, building it if there is no good one; one process at a time builds it.

        Returns: the plan, and whether it was built now.
        Raises: BackendError if the disk refuses, another process builds for too long, or the build fails.
        """
        plan, _ = self._find(key)
        if plan is not None:
            return plan, False
        with self._lock(key):
            plan = self.load(key)  # whoever held the lock may have built it
            if plan is not None:
                return plan, False
            started = datetime.now(UTC)
            plan = build()
            self.store(key, plan, (datetime.now(UTC) - started).total_seconds())
            return plan, True

    def entries(self) -> list[Entry]:
        """List what lies in the folder, damaged plans too."""
        return [self._entry(path) for path in sorted(self.folder.glob("*.plan"))]

    def discard(self, key: Key) -> None:
        """Remove the plan of a key: it is whole, but TensorRT refuses it."""
        for suffix in (".json", ".plan"):
            (self.folder / f"{key.stem()}{suffix}").unlink(missing_ok=True)

    def _entry(self, path: Path) -> Entry:
        try:
            described = json.loads(path.with_suffix(".json").read_text())
            key, seconds, built = dict(described["key"]), float(described["seconds"]), str(described["built"])
            whole = _hash(path) == described["plan_sha256"]
            fault = None if whole else "its bytes are not the described ones"
        except (OSError, ValueError, KeyError, TypeError) as error:
            key, seconds, built = {}, 0.0, ""
            fault = f"its description cannot be read ({type(error).__name__})"
        return Entry(path, key, path.stat().st_size, seconds, built, fault)

    def _read(self, path: Path, key: Key) -> tuple[bytes | None, str | None]:
        """Read one plan and what is wrong with it."""
        entry = self._entry(path)
        if entry.fault:
            return None, entry.fault
        if entry.key != asdict(key):
            return None, difference(key, entry.key)
        return path.read_bytes(), None

    @contextmanager
    def _lock(self, key: Key) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / f"{key.stem()}.lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                log.warning("another process builds the engine of %s: waiting for it", key.network)
                lock.acquire(timeout=LOCK_TIMEOUT_S)
        except Timeout as error:
            raise BackendError(
                f"another process has been building the engine of {key.network} for "
                f"{LOCK_TIMEOUT_S / 60:.0f} minutes: {lock.lock_file}"
            ) from error
        except OSError as error:
            raise BackendError(f"cannot lock the engine cache {self.folder}: {error.strerror}") from error
        try:
            yield
        finally:
            lock.release()


def difference(wanted: Key, found: dict) -> str:
    """Say in which points a plan's description differs from what is wanted."""
    points = []
    for name, value in asdict(wanted).items():
        if found.get(name) != value:
            points.append(f"{name} is {_short(found.get(name))}, expected {_short(value)}")
    return "; ".join(points) or "its description has unknown fields"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:12]}…"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is complete or not there, even if the disk is full or the power fails."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
