"""Write or check the .meta files of the Unity package.

Unity wants one beside every file and folder, also inside packages, which it treats as read-only. The GUID is
the MD5 of the package's name and the path inside the package, so it stays the same for ever and differs from
other packages'. Names that end in ~ or begin with a dot are not imported by Unity; what lies inside Samples~
is, once a user imports it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "unity_client"
PACKAGE_NAME = "com.facecast.unity"

_TAIL = "  userData: \n  assetBundleName: \n  assetBundleVariant: \n"
_EXTERNAL = "  externalObjects: {}\n"
_FOLDER = "folderAsset: yes\nDefaultImporter:\n" + _EXTERNAL + _TAIL
_SCRIPT = (
    "MonoImporter:\n" + _EXTERNAL + "  serializedVersion: 2\n  defaultReferences: []\n"
    "  executionOrder: 0\n  icon: {instanceID: 0}\n" + _TAIL
)
_WEBGL_PLUGIN = (
    "PluginImporter:\n" + _EXTERNAL + "  serializedVersion: 2\n  iconMap: {}\n  executionOrder: {}\n"
    "  defineConstraints: []\n  isPreloaded: 0\n  isOverridable: 0\n  isExplicitlyReferenced: 0\n"
    "  validateReferences: 1\n  platformData:\n"
    "  - first:\n      Any: \n    second:\n      enabled: 0\n      settings: {}\n"
    "  - first:\n      Editor: Editor\n    second:\n      enabled: 0\n"
    "      settings:\n        DefaultValueInitialized: true\n"
    "  - first:\n      WebGL: WebGL\n    second:\n      enabled: 1\n      settings: {}\n" + _TAIL
)


def _plain(importer: str) -> str:
    return f"{importer}:\n{_EXTERNAL}{_TAIL}"


def _native(main_object: int) -> str:
    return f"NativeFormatImporter:\n{_EXTERNAL}  mainObjectFileID: {main_object}\n{_TAIL}"


IMPORTERS = {
    ".cs": _SCRIPT,
    ".jslib": _WEBGL_PLUGIN,
    ".asmdef": _plain("AssemblyDefinitionImporter"),
    ".md": _plain("TextScriptImporter"),
    ".bytes": _plain("TextScriptImporter"),
    ".txt": _plain("TextScriptImporter"),
    ".unity": _plain("DefaultImporter"),
    ".prefab": _plain("PrefabImporter"),
    ".asset": _native(11400000),
    ".mat": _native(2100000),
    ".shader": f"ShaderImporter:\n{_EXTERNAL}  defaultTextures: []\n  nonModifiableTextures: []\n{_TAIL}",
}


class UnknownAssetError(ValueError):
    """Say that a file's kind has no importer here yet."""


def guid_of(path_in_package: str) -> str:
    """Give the GUID of a path inside the package, written with slashes."""
    return hashlib.md5(f"{PACKAGE_NAME}/{path_in_package}".encode()).hexdigest()


def meta_text(path: Path, package: Path = PACKAGE) -> str:
    """Write the .meta of a file or folder.

    Raises: UnknownAssetError if the file's kind is not in IMPORTERS.
    """
    relative = path.relative_to(package).as_posix()
    head = f"fileFormatVersion: 2\nguid: {guid_of(relative)}\n"
    if path.is_dir():
        return head + _FOLDER
    if relative == "package.json":
        return head + _plain("PackageManifestImporter")
    if path.suffix not in IMPORTERS:
        raise UnknownAssetError(f"expected one of {sorted(IMPORTERS)}, got {relative}")
    return head + IMPORTERS[path.suffix]


def assets(package: Path = PACKAGE) -> list[Path]:
    """List every file and folder that needs a .meta, in a fixed order."""
    found = []
    for path in sorted(package.rglob("*")):
        parts = path.relative_to(package).parts
        hidden = any(part.startswith(".") or (part.endswith("~") and part != "Samples~") for part in parts)
        if not hidden and path.suffix != ".meta" and parts != ("Samples~",):
            found.append(path)
    return found


def problems(package: Path = PACKAGE) -> list[str]:
    """List .meta files that are missing, outdated or stand beside nothing."""
    wanted = {Path(f"{path}.meta"): meta_text(path, package) for path in assets(package)}
    found = []
    for meta, text in wanted.items():
        if not meta.exists():
            found.append(f"missing: {meta.relative_to(package)}")
        elif meta.read_text() != text:
            found.append(f"outdated: {meta.relative_to(package)}")
    for meta in sorted(set(package.rglob("*.meta")) - set(wanted)):
        found.append(f"unexpected: {meta.relative_to(package)}")
    return found


def write(package: Path = PACKAGE) -> int:
    """Write all .meta files, remove stray ones, and give the number of files changed."""
    changed = 0
    wanted = {Path(f"{path}.meta"): meta_text(path, package) for path in assets(package)}
    for meta in set(package.rglob("*.meta")) - set(wanted):
        meta.unlink()
        changed += 1
    for meta, text in wanted.items():
        if not meta.exists() or meta.read_text() != text:
            meta.write_text(text)
            changed += 1
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or with --check report what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.unity_meta", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a file is wrong")
    if not parser.parse_args(arguments).check:
        print(f"unity_meta: {write()} files changed")
        return 0
    wrong = problems()
    for line in wrong:
        print(f"unity_meta: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
