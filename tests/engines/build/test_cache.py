"""The plan cache: whole or not there, never loaded blindly, one builder at a time, a full disk told."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engines.build import cache as cache_module
from engines.build.cache import PlanCache, cache_folder
from engines.errors import BackendError

PLAN = bytes(range(256)) * 64
ROOT = Path(__file__).parents[3]


def no_build() -> bytes:
    raise AssertionError("nothing was to be built")


def files(cache: PlanCache) -> set[str]:
    return {path.suffix for path in cache.folder.iterdir()} - {".lock"}


def test_what_is_stored_is_loaded(cache, key, caplog):
    assert cache.load(key) is None and not cache.folder.exists()
    path = cache.store(key, PLAN, 1.5)
    assert cache.load(key) == PLAN and cache.get(key, no_build) == (PLAN, False)
    (entry,) = cache.entries()
    assert entry.path == path and entry.seconds == 1.5 and entry.fault is None
    assert entry.key["network"] == "onet" and entry.bytes == len(PLAN)
    assert files(cache) == {".plan", ".json"} and not caplog.messages


@pytest.mark.parametrize(
    "field", ["onnx_sha256", "version", "profile", "calibration_sha256", "recipe"]
)  # fmt: skip
def test_an_outdated_plan_is_told_and_built_anew(cache, key, caplog, field):
    cache.store(key, PLAN, 1)
    changed = replace(key, **{field: [{}] if field == "profile" else "changed"})
    assert cache.get(changed, lambda: b"new") == (b"new", True)
    assert any("is outdated" in m and f"{field} is" in m for m in caplog.messages)
    assert cache.load(key) == PLAN, "the other may serve another checkout"


@pytest.mark.parametrize("field", ["precision", "compute_capability", "flavour", "network"])
def test_a_plan_for_something_else_is_no_fault(cache, key, caplog, field):
    cache.store(key, PLAN, 1)
    assert cache.get(replace(key, **{field: "other"}), lambda: b"new") == (b"new", True)
    assert not caplog.messages


def test_a_damaged_plan_is_built_anew_with_a_warning(cache, key, caplog):
    path = cache.store(key, PLAN, 1)
    damaged = bytearray(PLAN)
    damaged[5000] ^= 1
    path.write_bytes(damaged)
    assert cache.load(key) is None
    assert cache.get(key, lambda: PLAN) == (PLAN, True)
    assert "its bytes are not the described ones" in caplog.text and cache.load(key) == PLAN


def test_a_truncated_plan_is_built_anew(cache, key, caplog):
    cache.store(key, PLAN, 1).write_bytes(PLAN[:100])
    assert cache.get(key, lambda: PLAN) == (PLAN, True)
    assert "is built anew" in caplog.text


@pytest.mark.parametrize("description", [None, "", "{", "[]", '{"key": 3}', '{"key": {}}'])
def test_a_plan_without_a_good_description_is_built_anew(cache, key, caplog, description):
    path = cache.store(key, PLAN, 1).with_suffix(".json")
    path.unlink() if description is None else path.write_text(description)
    assert cache.get(key, lambda: b"new") == (b"new", True)
    assert "its description cannot be read" in caplog.text


def test_a_foreign_plan_under_our_name_is_built_anew(cache, key, caplog):
    """Somebody copied the plan of another GPU over ours, description and all."""
    ours, other = cache.store(key, PLAN, 1), replace(key, compute_capability="7.5")
    theirs = cache.store(other, b"foreign", 1)
    for suffix in (".plan", ".json"):
        theirs.with_suffix(suffix).rename(ours.with_suffix(suffix))
    assert cache.get(key, lambda: b"new") == (b"new", True)
    assert "compute_capability is 7.5, expected any" in caplog.text


def test_a_full_disk_is_told_and_leaves_nothing(cache, key):
    """The real limit of the system on a file's size, in a process of its own."""
    code = (
        "import resource, sys; from engines.build.cache import Key, PlanCache\n"
        "from engines.errors import BackendError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "key = Key('onet', 'a', 'f', '1', 'any', 'fp16', [])\n"
        "try: PlanCache().store(key, bytes(1_000_000), 1)\n"
        "except BackendError as error: print(error); sys.exit(3)\n"
    )
    cache.folder.mkdir(parents=True)
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 3, told.stderr
    assert "cannot write the engine of onet (1.0 MB)" in told.stdout and "File too large" in told.stdout
    assert "FACECAST_ENGINE_CACHE names another folder" in told.stdout
    assert list(cache.folder.iterdir()) == []


def test_a_disk_that_fills_up_at_the_description_leaves_no_plan(cache, key, monkeypatch):
    whole = cache_module._write_whole

    def write(path, content):
        if path.suffix == ".json":
            raise OSError(28, "No space left on device")
        whole(path, content)

    monkeypatch.setattr(cache_module, "_write_whole", write)
    with pytest.raises(BackendError, match="No space left on device"):
        cache.store(key, PLAN, 1)
    assert files(cache) == set()


def test_a_folder_that_cannot_be_is_told(tmp_path, key):
    (tmp_path / "file").write_text("")
    with pytest.raises(BackendError, match="cannot lock the engine cache"):
        PlanCache(tmp_path / "file" / "engines").get(key, lambda: PLAN)
    with pytest.raises(BackendError, match="cannot write the engine"):
        PlanCache(tmp_path / "file" / "engines").store(key, PLAN, 1)


def test_two_builds_at_once_build_once(cache, key, caplog):
    started, finish, built = threading.Event(), threading.Event(), []

    def build() -> bytes:
        built.append(1)
        started.set()
        assert finish.wait(20)
        return PLAN

    results = []
    first = threading.Thread(target=lambda: results.append(cache.get(key, build)))
    first.start()
    assert started.wait(20)
    second = threading.Thread(target=lambda: results.append(PlanCache().get(key, build)))
    with caplog.at_level(logging.WARNING):
        second.start()
        while not any("another process builds" in message for message in caplog.messages):
            assert second.is_alive()
            time.sleep(0.005)
        finish.set()
        first.join(20)
        second.join(20)
    assert built == [1] and sorted(was for _, was in results) == [False, True]
    assert all(plan == PLAN for plan, _ in results)


def test_a_build_that_fails_frees_the_lock_and_leaves_nothing(cache, key):
    def fail() -> bytes:
        raise BackendError("no")

    with pytest.raises(BackendError, match="no"):
        cache.get(key, fail)
    assert files(cache) == set() and cache.get(key, lambda: PLAN) == (PLAN, True)


def test_waiting_for_another_build_has_an_end(cache, key, monkeypatch):
    monkeypatch.setattr(cache_module, "LOCK_TIMEOUT_S", 0.01)
    with cache._lock(key), pytest.raises(BackendError, match="another process has been building"):
        cache.get(key, no_build)


def test_discarded_plans_are_gone(cache, key):
    cache.store(key, PLAN, 1)
    cache.discard(key)
    cache.discard(key)
    assert cache.load(key) is None and files(cache) == set()


def test_the_folder_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv(cache_module.CACHE_VARIABLE, "~/plans")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "plans"
    monkeypatch.delenv(cache_module.CACHE_VARIABLE)
    assert cache_folder() == tmp_path / ".cache" / "facecast" / "engines"


def test_every_field_of_a_key_changes_its_name(key):
    names = {key.stem()}
    for field in vars(key):
        names.add(replace(key, **{field: "changed"}).stem())
    assert len(names) == len(vars(key)) + 1
