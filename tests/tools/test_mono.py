"""Compiling and testing C# under Mono: what is counted, and that faults are told, not passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import mono

TESTS = """using NUnit.Framework;
namespace Sample {
    [TestFixture] public sealed class Sums {
        [Test] public void Holds() { Assert.AreEqual(4, 2 + 2); }
        [Test] public void Fails() { Assert.AreEqual(5, 2 + 2); }
        [Test, Ignore("not now")] public void Waits() { }
    }
}
"""


def test_nunit_counts_what_passed_failed_and_waited(tmp_path: Path):
    (tmp_path / "Sums.cs").write_text(TESTS)
    (tmp_path / mono.NUNIT_NAME).write_bytes(mono.NUNIT.read_bytes())
    library = tmp_path / "Sums.dll"
    mono.compile_program(mono.sources(tmp_path), library, references=[mono.NUNIT])
    result = mono.run_nunit(library)
    assert (result.total, result.failed, result.ignored) == (2, 1, 1)
    assert "Sample.Sums.Fails" in result.text and "Holds" not in result.text


def test_what_does_not_compile_is_told(tmp_path: Path):
    (tmp_path / "Broken.cs").write_text("class Broken { int x = ; }")
    with pytest.raises(mono.MonoError, match=r"Broken\.dll does not compile"):
        mono.compile_program([tmp_path / "Broken.cs"], tmp_path / "Broken.dll")


def test_a_missing_tool_is_told_with_the_line_that_installs_it():
    with pytest.raises(mono.MonoError, match="apt-get install"):
        mono.require("a-compiler-that-nobody-has")
