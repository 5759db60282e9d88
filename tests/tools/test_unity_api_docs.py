"""The tool that writes the Unity package's API reference."""

from __future__ import annotations

import pytest

from tools.unity_api_docs import MissingCommentError, main, plain, read_types, render

SOURCE = """namespace Facecast.Unity
{
    /// <summary>Holds <see cref="Other"/> &amp; <c>more</c>.</summary>
    /// <remarks>
    /// <code>
    /// a --- b
    /// </code>
    /// Second
    /// line.
    /// </remarks>
    public sealed class Thing
    {
        /// <summary>A size.</summary>
        [Range(0f, 1f)] public float size = 1f;

        /// <summary>Not shown.</summary>
        private int _hidden;

        /// <summary>How many.</summary>
        public int Count { get; private set; }

        /// <summary>Do it.</summary>
        /// <param name="first">What.</param>
        /// <exception cref="WireException">It is bad.</exception>
        public static void Do(
            int first, string second)
        {
        }
    }

    /// <summary>Kinds.</summary>
    public enum Kind
    {
        /// <summary>One.</summary>
        First = 1,

        /// <summary>Two.</summary>
        Second,
    }
}
"""


def test_types_and_members_are_read():
    thing, kind = read_types(SOURCE)

    assert (thing.name, thing.kind, thing.namespace) == ("Thing", "class", "Facecast.Unity")
    assert thing.comment == "Holds `Other` & `more`.\n\nSecond line.\n\n```\na --- b\n```"
    assert [member.declaration for member in thing.members] == [
        "public float size",
        "public int Count { get; private set; }",
        "public static void Do(int first, string second)",
    ]
    assert thing.members[2].comment == "Do it.\n\n`first`: What.\n\nThrows `WireException`: It is bad."
    assert [member.declaration for member in kind.members] == ["First", "Second"]


def test_a_public_type_without_a_comment_is_refused():
    with pytest.raises(MissingCommentError, match="Bare"):
        read_types("namespace A\n{\n    public class Bare\n    {\n    }\n}\n")


def test_references_become_code():
    assert (
        plain('See <see cref="P:Facecast.Unity.A.B"/> and\n <paramref name="c"/>.')
        == "See `Facecast.Unity.A.B` and `c`."
    )


def test_every_component_is_in_the_reference():
    text = render()
    for name in (
        "FacecastClient",
        "FacecastCamera",
        "FacecastAvatar",
        "FacecastRoom",
        "FaceMapping",
        "FacecastSession",
    ):
        assert f"\n### {name}\n" in text


def test_the_repository_is_up_to_date():
    assert main(["--check"]) == 0, "run: python -m tools.unity_api_docs"
