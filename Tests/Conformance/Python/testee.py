"""Builds the testee from stand-ins of the suite's .proto files and talks to it as the suite's runner does.

    testee.py PACKAGE-FOLDER

The build is made in a tree of links beside the real one, so that a testee that was built from the suite's own files stays.
"""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

import standins

TYPE = "protobuf_test_messages.proto3.TestAllTypesProto3"
checks = 0


def expect(condition, what):
    global checks
    checks += 1
    assert condition, what


def linked_tree(package):
    """The package again, by links; only the folder of the testee, whose own link leads into the build, is a copy."""
    tree = package / ".build" / "conformance-check"
    shutil.rmtree(tree / "Tests", ignore_errors=True)
    (tree / "Tests").mkdir(parents=True)
    for name in ["Makefile", "Package.swift", "Sources", "Codegen", "Benchmarks", "Proto"]:
        (tree / name).unlink(missing_ok=True)
        (tree / name).symlink_to(package / name)
    for child in (package / "Tests").iterdir():
        if child.name != "Conformance":
            (tree / "Tests" / child.name).symlink_to(child)
    # With their dates, so that nothing is built twice.
    shutil.copytree(package / "Tests" / "Conformance", tree / "Tests" / "Conformance", symlinks=True)
    return tree


def make(tree, protos):
    words = ["nice", "make", "--no-print-directory", "-C", str(tree), "conformance-testee"]
    if protos is not None:
        words.append(f"PROTOS={protos}")
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "MAKEFLAGS": ""})


def configure(tree, folder):
    """What the plugin makes of a target's switchgen.json: each of them ends the build before anything is compiled."""
    settings = tree / "Tests" / "Conformance" / "Sources" / "testee" / "switchgen.json"
    service = tree / ".build" / "conformance" / "Proto" / "open.proto"
    service.write_text('syntax = "proto3"; package open; message M {} service S { rpc Do(M) returns (M); }')
    for text, complaint in [
        ('{ "policy": "required" }', '"Do" does not say who may call it'),
        ('{ "policy": "perhaps" }', '--policy is required or off, not "perhaps"'),
        ('{ "polcy": "required" }', 'there is no option "--polcy"'),
        ('{ "policy": true }', "switchgen.json has to be an object of options and their values"),
    ]:
        settings.write_text(text)
        answer = make(tree, folder)
        expect(answer.returncode != 0 and complaint in answer.stdout, f"{text}: {answer.stdout}")
    settings.unlink()
    service.unlink()


def classes(folder):
    """Python's classes of the stand-ins."""
    with tempfile.NamedTemporaryFile() as output:
        included = Path(protoc.__file__).parent / "_proto"
        words = ["", f"-I{folder}", f"-I{included}", "--include_imports", f"--descriptor_set_out={output.name}"]
        assert protoc.main(words + list(standins.FILES)) == 0
        files = descriptor_pb2.FileDescriptorSet.FromString(Path(output.name).read_bytes())
    return message_factory.GetMessages(list(files.file), pool=descriptor_pool.DescriptorPool())


class Testee:
    def __init__(self, path, mode, types):
        self.request = types["conformance.ConformanceRequest"]
        self.response = types["conformance.ConformanceResponse"]
        self.process = subprocess.Popen(
            [path] + mode, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def ask_bytes(self, block):
        self.process.stdin.write(struct.pack("<I", len(block)) + block)
        self.process.stdin.flush()
        (length,) = struct.unpack("<I", self.process.stdout.read(4))
        return self.response.FromString(self.process.stdout.read(length))

    def ask(self, output, category=1, kind=TYPE, **payload):
        fields = dict(requested_output_format=output, message_type=kind, test_category=category, **payload)
        response = self.ask_bytes(self.request(**fields).SerializeToString())
        name = response.WhichOneof("result")
        return name, getattr(response, name)

    def end(self, rest=b""):
        """Closes its input, after some more bytes; returns how it ended and what it said."""
        output, errors = self.process.communicate(rest, timeout=600)
        return self.process.returncode, output, errors.decode()


BINARY, JSON, TEXT = 1, 2, 4


def converse(path, mode, types):
    message = types[TYPE]
    value = message(optional_int32=-5, optional_string="ä", repeated_sint64=[-1, 2], map_string_string={"a": "b"}, oneof_uint32=0)
    value.recursive_message.optional_int32 = 7
    value.optional_timestamp.seconds = 1
    value.optional_any.Pack(message(optional_int32=1))
    encoded = value.SerializeToString(deterministic=True) + b"\xa8\x1f\x01"
    text = (
        '{"optionalInt32":-5,"optionalString":"ä","recursiveMessage":{"optionalInt32":7},"repeatedSint64":["-1","2"],'
        '"mapStringString":{"a":"b"},"oneofUint32":0,"optionalTimestamp":"1970-01-01T00:00:01Z",'
        '"optionalAny":{"@type":"type.googleapis.com/' + TYPE + '","optionalInt32":1}}'
    )
    testee = Testee(path, mode, types)
    expect(testee.ask(BINARY, kind="conformance.FailureSet", protobuf_payload=b"") == ("protobuf_payload", b""), "no failures are listed")
    expect(testee.ask(BINARY, protobuf_payload=encoded) == ("protobuf_payload", encoded), "bytes in, bytes out, unknown fields kept")
    expect(testee.ask(JSON, protobuf_payload=encoded) == ("json_payload", text), "bytes in, JSON out")
    expect(testee.ask(JSON, json_payload=text) == ("json_payload", text), "JSON in, JSON out")
    expect(message.FromString(testee.ask(BINARY, json_payload=text)[1]).optional_string == "ä", "JSON in, bytes out")
    expect(testee.ask(BINARY, json_payload='{"x":1}', category=2)[0] == "parse_error", "unknown names are refused")
    expect(testee.ask(BINARY, json_payload='{"x":1,"oneofKind":"NO"}', category=3) == ("protobuf_payload", b""), "unless ignored")
    expect(testee.ask(BINARY, protobuf_payload=b"\x08")[0] == "parse_error", "bytes that end too soon are refused")
    late = message()
    late.optional_timestamp.seconds = 253402300800
    expect(testee.ask(JSON, protobuf_payload=late.SerializeToString())[0] == "serialize_error", "the year 10000 has no JSON")
    expect(testee.ask(TEXT, protobuf_payload=b"")[0] == "skipped", "text format is not written")
    expect(testee.ask(BINARY, text_payload="")[0] == "skipped", "text format is not read")
    expect(testee.ask(BINARY, kind="protobuf_test_messages.proto2.TestAllTypesProto2", protobuf_payload=b"")[0] == "skipped", "no proto2")
    expect(testee.ask_bytes(b"\xff\xff").WhichOneof("result") == "runtime_error", "what is no request is answered so")
    expect(testee.ask(BINARY, protobuf_payload=b"") == ("protobuf_payload", b""), "and the next one as ever")
    expect(testee.end() == (0, b"", ""), "the end of the input is the end")
    for rest, complaint in [
        (b"\x01\x00", "in the middle of a length"),
        (b"\x05\x00\x00\x00\x08", "after 1 of a request's 5 bytes"),
        (b"\xff\xff\xff\xff", "of 4294967295 bytes is announced"),
    ]:
        code, output, errors = Testee(path, mode, types).end(rest)
        expect(code == 1 and output == b"" and complaint in errors, f"garbage {rest!r}: {code}, {errors}")


def main():
    package = Path(sys.argv[1]).resolve()
    tree = linked_tree(package)
    answer = make(tree, None)
    expect(answer.returncode != 0 and "PROTOS=FOLDER" in answer.stdout, answer.stdout)
    answer = make(tree, "no/such")
    expect(answer.returncode != 0 and "There is no folder no/such" in answer.stdout, answer.stdout)
    answer = make(tree, "Sources")
    expect(answer.returncode != 0 and "Sources has no conformance/conformance.proto" in answer.stdout, answer.stdout)
    with tempfile.TemporaryDirectory(prefix="the suite's ") as folder:
        standins.write(Path(folder))
        suite = os.path.relpath(folder, tree)
        answer = make(tree, suite)
        expect(answer.returncode == 0, answer.stdout)
        made = list((tree / ".build" / "conformance" / "build").glob("plugins/outputs/conformance/testee/**/*.swift"))
        names = sorted(file.name for file in made)
        expect(names == ["conformance_conformance.swift", "google_protobuf_test_messages_proto3.swift"], f"the plugin made {names}")
        configure(tree, suite)
        types = classes(folder)
    path = str(tree / ".build" / "conformance" / "testee")
    for mode in [[], ["--dynamic"]]:
        converse(path, mode, types)
        # The way that a runner of 2022 calls a program: its own path comes first.
        converse(path, [path] + mode, types)
    code, _, errors = Testee(path, ["--else"], types).end()
    expect(code == 64 and "usage: testee" in errors, errors)
    print(f"{checks} checks held")


main()
