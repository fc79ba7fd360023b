#!/usr/bin/env python3
"""The parts of a release that no compiler makes. The same input gives the same bytes. `.ci/release` calls this.

    pack.py zip BOOTSTRAP FILE          a function as Lambda takes it
    pack.py template FILE ARCHITECTURE  the template that needs no compiler: `sam deploy` with the zips beside it
    pack.py bill VERSION                what is in it, as CycloneDX 1.5
    pack.py notices                     the licences of all that is in it
"""
import json
import pathlib
import re
import subprocess
import sys
import uuid
import zipfile

# What is shipped: the functions and the tool.
SHIPPED = ("casebridge", "casebridge-cli")


def pack(bootstrap, file):
    entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
    entry.external_attr, entry.create_system, entry.compress_type = 0o755 << 16, 3, zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(entry, pathlib.Path(bootstrap).read_bytes(), compresslevel=9)


def template(file, architecture):
    """As text, so that comments and order stay."""
    text = pathlib.Path(file).read_text()
    text = replaced(text, r"    Architectures: \[arm64\]\n", f"    Architectures: [{architecture}]\n", 1)
    text = replaced(text, r"    CodeUri: \.\n", "", 1)
    # A function's name is the first property that only this function has.
    built = r"      BuildMethod: rust-cargolambda\n      BuildProperties:\n        Binary: (\w+)\n(?:        Flags: [^\n]*\n)?(.*?\n      FunctionName: [^\n]*\n)"
    text, count = re.subn(built, rf"\2      CodeUri: \1-{architecture}.zip\n", text, flags=re.S)
    assert count == text.count("Type: AWS::Serverless::Function"), f"{count} functions are packaged"
    return text


def replaced(text, old, new, times):
    text, count = re.subn(old, new, text)
    assert count == times, f"{old}: {count} times in the template"
    return text


def packages():
    """All packages that are shipped, without what is needed only to build or to test them."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"]
    known = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    by_id = {package["id"]: package for package in known["packages"]}
    nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
    left, seen = [id for id in nodes if by_id[id]["name"] in SHIPPED], set()
    while left:
        id = left.pop()
        if id not in seen:
            seen.add(id)
            normal = [one["pkg"] for one in nodes[id]["deps"] if any(kind["kind"] is None for kind in one["dep_kinds"])]
            left.extend(normal)
    return sorted((by_id[id] for id in seen), key=lambda package: (package["name"], package["version"]))


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def bill(version):
    foreign = [package for package in packages() if package["source"]]
    components = [
        {
            "type": "library",
            "bom-ref": purl(package),
            "name": package["name"],
            "version": package["version"],
            "purl": purl(package),
            "licenses": [{"expression": (package["license"] or "NOASSERTION").replace("/", " OR ")}],
        }
        for package in foreign
    ]
    itself = {"type": "application", "bom-ref": "casebridge", "name": "casebridge", "version": version,
              "licenses": [{"expression": "Apache-2.0"}]}
    content = json.dumps(components)
    return json.dumps({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {"component": itself},
        "components": components,
        "dependencies": [{"ref": "casebridge", "dependsOn": [component["bom-ref"] for component in components]}],
    }, indent=1)


def notices():
    lines = ["Casebridge is licensed under Apache-2.0. It contains:", ""]
    texts = {}
    for package in packages():
        if not package["source"]:
            continue
        folder = pathlib.Path(package["manifest_path"]).parent
        files = sorted(path for path in folder.iterdir() if re.match(r"(?i)(licen[cs]e|copying|notice|copyright)", path.name))
        lines.append(f"{package['name']} {package['version']}: {package['license']}")
        for path in files:
            if path.is_file():
                texts.setdefault(path.read_text(errors="replace").strip(), []).append(f"{package['name']} {package['version']}")
    for text, owners in sorted(texts.items(), key=lambda item: item[1]):
        lines += ["", "=" * 78, ", ".join(owners), "=" * 78, "", text]
    return "\n".join(lines)


def main():
    match sys.argv[1:]:
        case ["zip", bootstrap, file]:
            pack(bootstrap, file)
        case ["template", file, architecture]:
            print(template(file, architecture), end="")
        case ["bill", version]:
            print(bill(version))
        case ["notices"]:
            print(notices())
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
