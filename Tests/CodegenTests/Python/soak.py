"""Compares switchgen with protoc over random .proto files: what is accepted, what is refused, and the descriptors of what is accepted.

    soak.py --switchgen PATH [--count 4000] [--seed N] [--keep FOLDER]
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import secrets
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

import grammar


# Where we are stricter on purpose: protoc writes such text into the descriptor, where nobody can read it as the string it is said to be,
# and takes one json_name for two fields, which later versions refuse.
STRICTER = ("names no Unicode character", "is not valid UTF-8", "error: the JSON name")

# protoc 3.21 still compares field names without case and underscores, whatever json_name says; later ones compare the JSON names.
# And it takes inf and nan, with a sign or without, for numbers between braces only.
LAXER = ("The JSON camel-case name of field", "Value must be number for", "Invalid '-' symbol before identifier")


def is_declaration(path) -> bool:
    """Both compilers agree on the comments of declarations; those of options, ranges and parts of statements are protoc's alone."""
    path = list(path)
    if not path or path[0] in (2, 3, 12):
        return True
    if path[0] in (5, 6):
        return len(path) == 2 or len(path) == 4 and path[2] == 2
    if path[0] == 7:
        return len(path) == 2
    if path[0] != 4:
        return False
    rest = path[2:]
    while rest[:1] == [3]:
        rest = rest[2:]
    if not rest:
        return True
    return rest[0] in (2, 4, 6, 8) and (len(rest) == 2 or rest[0] == 4 and len(rest) == 4 and rest[2] == 2)


def read(path: pathlib.Path):
    """The file's own descriptor without places, and its comments."""
    descriptors = descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())
    file = next(file for file in descriptors.file if file.name == "case.proto")
    comments = {}
    for location in file.source_code_info.location:
        texts = (location.leading_comments, location.trailing_comments, *location.leading_detached_comments)
        if any(texts) and is_declaration(location.path):
            comments[tuple(location.path)] = texts
    file.ClearField("source_code_info")
    return file, comments


def compare(switchgen: str, folder: pathlib.Path) -> tuple[bool, str]:
    """Whether protoc accepts the case in the folder, and how switchgen differs, if it does."""
    options = dict(capture_output=True, text=True, errors="replace", cwd=folder)
    theirs = subprocess.run(
        ["protoc", "-I.", "-I/usr/include", "--include_imports", "--include_source_info", "-otheirs.pb", "case.proto"], **options)
    ours = subprocess.run([switchgen, "descriptors", "--out", "ours.pb", "--root", ".", "--root", "/usr/include", "case.proto"], **options)
    if ours.returncode not in (0, 1):
        return theirs.returncode == 0, f"switchgen ended with {ours.returncode}\n{ours.stderr}"
    if (theirs.returncode == 0) != (ours.returncode == 0):
        lines = [line for line in (theirs.stderr + ours.stderr).splitlines() if ": warning: " not in line]
        faults = [line for line in lines if ": error: " in line or theirs.returncode and line.startswith("case.")]
        if faults and all(any(known in fault for known in (LAXER if theirs.returncode else STRICTER)) for fault in faults):
            return theirs.returncode == 0, ""
        who = "only protoc refuses" if theirs.returncode else "only switchgen refuses"
        return theirs.returncode == 0, f"{who}\n{theirs.stderr}{ours.stderr}"
    if theirs.returncode:
        return False, "" if ours.stderr.strip() else "switchgen refuses and says nothing"
    (our, our_comments), (their, their_comments) = read(folder / "ours.pb"), read(folder / "theirs.pb")
    if our.SerializeToString(deterministic=True) != their.SerializeToString(deterministic=True):
        pairs = [(a, b) for a, b in zip(str(their).splitlines(), str(our).splitlines()) if a != b]
        return True, f"the descriptors differ: protoc's {pairs[0][0] if pairs else len(str(their))}, ours {pairs[0][1] if pairs else len(str(our))}"
    if our_comments != their_comments:
        path = next(path for path in {**our_comments, **their_comments} if our_comments.get(path) != their_comments.get(path))
        return True, f"comments of {path} differ: protoc's {their_comments.get(path)}, ours {our_comments.get(path)}"
    return True, ""


def run(switchgen: str, seed: int, keep: str | None) -> tuple[int, bool, str]:
    rng = random.Random(seed)
    tokens = grammar.Grammar(rng).file()
    if rng.random() < 0.5:
        tokens = grammar.mutated(tokens, rng)
    text = grammar.text(tokens, rng)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "case.proto").write_text(text)
        (folder / "options.proto").write_text(grammar.OPTIONS)
        (folder / "deep.proto").write_text(grammar.DEEP)
        accepted, difference = compare(switchgen, folder)
    if difference and keep:
        pathlib.Path(keep).mkdir(parents=True, exist_ok=True)
        (pathlib.Path(keep) / f"{seed}.proto").write_text(text)
        (pathlib.Path(keep) / f"{seed}.txt").write_text(difference)
    return seed, accepted, difference


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--switchgen", required=True)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, help="the first case's seed; the following ones count up")
    parser.add_argument("--keep", help="where cases that differ are left")
    arguments = parser.parse_args()
    seed = secrets.randbelow(1 << 48) if arguments.seed is None else arguments.seed
    switchgen = os.path.abspath(arguments.switchgen)
    print(f"seed {seed}, {arguments.count} cases")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda number: run(switchgen, seed + number, arguments.keep), range(arguments.count)))
    for case, _, difference in results:
        if difference:
            print(f"--- seed {case}: {difference.strip()}")
    accepted = sum(accepted for _, accepted, _ in results)
    different = sum(bool(difference) for _, _, difference in results)
    print(f"{accepted} accepted, {len(results) - accepted} refused, {different} different")
    return 1 if different or not 0 < accepted < len(results) and len(results) >= 20 else 0


if __name__ == "__main__":
    sys.exit(main())
