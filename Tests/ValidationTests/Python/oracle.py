"""Random messages of the torture file with values near their rules, and what protovalidate says of them.

    oracle.py SEED COUNT PROTO_FOLDER...

prints for each message a line: its type, its bytes in hexadecimal (`-` for none), and its violations as `path|rule` in
hexadecimal, sorted. A path is written as our own are.
"""

import math
import os
import random
import struct
import sys
import tempfile
import time

import grpc_tools
import protovalidate
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.descriptor import FieldDescriptor as F
from grpc_tools import protoc

INTEGERS = {F.TYPE_INT32: 32, F.TYPE_SINT32: 32, F.TYPE_SFIXED32: 32, F.TYPE_INT64: 64, F.TYPE_SINT64: 64, F.TYPE_SFIXED64: 64}
UNSIGNED = {F.TYPE_UINT32: 32, F.TYPE_FIXED32: 32, F.TYPE_UINT64: 64, F.TYPE_FIXED64: 64}
PIECES = ["", "a", "b", "-", "1", "é", "e\u0301", "日", "😀", "K", "ſ", "\n", "\x00", "\x7f", "\x85", " cat ", "cat", "aab", "pré", "fix", "k", "kk", "abc", "aéb",
          "straße", "日本", "a.b", 'b\\c"d', "", "x" * 5, "Z"]
SAMPLES = {
    "email": ["ada@example.com", "a.b..c@x", "@x.y", "a@", "a@b", "a@-b.c", "a@b-.c", "é@x.y", "a@b@c", "a@" + "x" * 63, "a@" + "x" * 64, "!#$%&'*+/=?^_`{|}~-@1.2", "a b@c", "a@b.", "a@.b"],
    "hostname": ["example.com", "a", "1", "a.1", "1.a", "a.", ".", "a..b", "-a", "a-", "a_b", "é.com", "x" * 63, "x" * 64, ".".join(["x" * 62] * 4), ".".join(["x" * 63] * 4)[:253], ".".join(["x" * 63] * 4)[:253] + ".", "a.b.", "123.", "foo.com:80"],
    "ip": ["127.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "1.2.3.4 ", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8", "1:2:3:4:5:6:7",
           "1:2:3:4:5:6:7:8:9", "1::2::3", ":::", ":1", "1:", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::1.2.3.4", "1.2.3.4::", "::1.2.3", "12345::", "g::", "fe80::1%eth0", "fe80::1%", "fe80::1%a%b", "::%\x00",
           "1:2:3:4:5:6:7:8%x", "::1%é", "1:::2", "::1:", "1:2:3:4:5:6::8", "1:2:3:4::5:6:7:8", "::ffff:256.1.1.1", "[::1]"],
    "prefix": ["192.168.0.0/16", "192.168.5.21/16", "0.0.0.0/0", "1.2.3.4/32", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/01", "/8", "1.2.3.4", "2001:db8::/32", "2001:db8::1/32", "::/0", "::1/128", "::1/129", "::1/0128", "fe80::%a/64", "fe80::1%a/64",
               "1.2.3.4/-1", "1.2.3.4/+1", "1.2.3.4/8/8", "::/1000", "::/ 1", "1.2.3.4/0", "128.0.0.0/1", "8000::/1"],
    "hostport": ["example.com:80", "example.com", "1.2.3.4:65535", "1.2.3.4:65536", "[::1]:0", "[::1]", "::1:80", "[::1%eth0]:80", "a:", ":80", "a:080", "a:0", "[1.2.3.4]:1", "a.:80", "[a]:80", "a:b", "a:1:2", "[]:80", "]:1", "[:1", "1:1", "a:00001", "[::1]]:1", "[::1:1"],
    "uri": ["https://example.com", "http://a/b?c#d", "urn:isbn:0451450523", "mailto:a@b", "a:", ":a", "1a:b", "http://", "http:///", "http://[::1]", "http://[::1]:80/", "http://[::1%25eth0]/", "http://[::1%eth0]/", "http://[v1.a:b]/", "http://[v.a]/", "http://[vg.a]", "http://[v1.]",
            "http://a:80", "http://a:", "http://a:8a", "http://u@h", "http://u:p@h:1/x", "http://a@b@c", "http://%41", "http://%4", "http://%ff/", "http://a/%ff", "http://é", "http://a/é", "a b", "http://a b", "//host/path", "/path", "path", "a/b:c", "a:b/c", ":", "./a:b",
            "?q", "#f", "", "?a?b/", "#a#b", "a?[", "http://a/[", "foo+bar-baz.1:x", "http://a//b", "a://b//c", "//", "///", "http://[::1", "http://::1]", "http://[1.2.3.4]", "http://1.2.3.4", "http://a!$&'()*+,;=b", "http://a/!$&'()*+,;=:@", "http:a%", "http:%00", "http://[::1%25]",
            "http://[::1%25a%20]", "http://[::1%25%ff]", "http://u%@h", "http://[::1]a", "http://[::1]:a", "1:2", "A1+-.:", "http://\\", "http://a|b", "h://a^", "http://%e2%82%ac", "http://%e2%82", "%", "%20", "a%2", "@", "//@", "//:", "//:@", "//a:b:c", "//u:p:q@h"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400", "123e4567-e89b-12d3-a456-4266141740000", "g23e4567-e89b-12d3-a456-426614174000"],
    "ulid": ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAI", "01ARZ3NDEKTSV4RRFFQ69G5FA"],
    "fqn": ["a", "google.protobuf.Any", ".google.protobuf.Any", "a..b", "a.", "1a", "a1", "_", ".", "", "a-b", "..a", "._a.b2"],
    "header": ["content-type", ":path", "::a", ":", "a b", "a:b", "x,y", "é", "a\tb", "a\nb", "a\rb", "a\x00b", "a\x7fb", "A`~|^!#$%&'*+-.", "(", "a;b"],
}
FORMATS = {"address": ["ip", "hostname"], "host_and_port": ["hostport"], "uri_ref": ["uri"], "tuuid": ["uuid"], "protobuf_fqn": ["fqn"], "protobuf_dot_fqn": ["fqn"], "ipv4": ["ip"], "ipv6": ["ip"], "no_email": ["email"]}


def load(folders):
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "set")
        include = os.path.join(os.path.dirname(grpc_tools.__file__), "_proto")
        arguments = ["", *("-I" + each for each in folders), "-I" + include, "--include_imports", "--descriptor_set_out=" + out, "torture.proto"]
        if protoc.main(arguments):
            sys.exit("protoc refuses the torture file")
        with open(out, "rb") as file:
            files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return pool


class Maker:
    def __init__(self, rng, pool):
        self.rng = rng
        self.option = pool.FindExtensionByName("buf.validate.field")
        message_factory.GetMessageClassesForFiles([file.name for file in (pool.FindFileByName("torture.proto"),)], pool)
        self.options_class = message_factory.GetMessageClass(pool.FindMessageTypeByName("google.protobuf.FieldOptions"))

    def rules(self, field):
        options = self.options_class.FromString(field.GetOptions().SerializeToString())
        return options.Extensions[self.option]

    def numbers(self, rules):
        """Every number that stands in the rules, lists included."""
        found = []
        for field, value in rules.ListFields():
            if field.type == F.TYPE_MESSAGE:
                for each in (value if field.is_repeated else [value]):
                    found += self.numbers(each)
            elif field.type not in (F.TYPE_STRING, F.TYPE_BYTES):
                found += list(value) if field.is_repeated else [value]
        return found

    def integer(self, low, high, near):
        choices = [0, 1, 2, 3, 4, 5, 7, 9, 10, 11, low, high] + [n + d for n in near for d in (-1, 0, 1)]
        return self.rng.choice([int(n) for n in choices if math.isfinite(n) and low <= n <= high])

    def floating(self, is_float, near):
        choices = [0.0, -0.0, 1.0, 3.0, 4.0, 5.0, 10.0, math.inf, -math.inf, math.nan, 1e20, 0.1, 1.5, 7.0]
        for n in near:
            choices += [float(n), math.nextafter(n, math.inf), math.nextafter(n, -math.inf)]
        value = self.rng.choice(choices)
        if is_float:
            try:
                value = struct.unpack("f", struct.pack("f", value))[0]
            except OverflowError:
                value = math.inf
        return value

    def text(self, field, rules):
        samples = [each for name in FORMATS.get(field.name, [field.name]) for each in SAMPLES.get(name, [])]
        if "prefix" in field.name and field.name != "prefix":
            samples = SAMPLES["prefix"]
        if "header" in field.name:
            samples = SAMPLES["header"]
        if field.name == "required_items":
            samples = SAMPLES["uuid"]
        if samples and self.rng.random() < 0.9:
            value = self.rng.choice(samples)
            while self.rng.random() < 0.35:
                place = self.rng.randint(0, len(value))
                value = value[:place] + self.rng.choice(["", "a", "1", ":", ".", "/", "%", "@", "[", "]", "-", "é", "::", "%25", "f", "g", "0"]) + value[place + self.rng.randint(0, 1):]
            return value
        words = [each for _, each in rules.string.ListFields() if isinstance(each, str)] + [each for each in getattr(rules.string, "in")] + list(rules.string.not_in)
        if words and self.rng.random() < 0.4:
            return self.rng.choice(["", "a", "é"]) + self.rng.choice(words) + self.rng.choice(["", "", "b"])
        return "".join(self.rng.choice(PIECES) for _ in range(self.rng.randint(0, 4)))

    def data(self):
        pieces = [b"", b"a", b"\x00\xff", b"\x01\x02", b"\x02\x02\x03", b"\x03", b"\xff\xfe", b"aa", b"\x02"]
        if self.rng.random() < 0.3:
            return bytes(self.rng.choice([0, 4, 15, 16, 17]))
        return b"".join(self.rng.choice(pieces) for _ in range(self.rng.randint(0, 3)))

    def scalar(self, field, rules):
        kind = field.type
        if kind in INTEGERS:
            half = 1 << INTEGERS[kind] - 1
            return self.integer(-half, half - 1, self.numbers(rules))
        if kind in UNSIGNED:
            return self.integer(0, (1 << UNSIGNED[kind]) - 1, self.numbers(rules))
        if kind in (F.TYPE_FLOAT, F.TYPE_DOUBLE):
            return self.floating(kind == F.TYPE_FLOAT, self.numbers(rules))
        if kind == F.TYPE_STRING:
            return self.text(field, rules)
        if kind == F.TYPE_BYTES:
            # protovalidate stops at a pattern for bytes that are no text.
            return self.rng.choice([b"", b"a", b"aaa", b"ab", "é".encode()]) if field.name == "pattern" else self.data()
        if kind == F.TYPE_BOOL:
            return self.rng.random() < 0.5
        return self.rng.choice([0, 1, 2, -3, 3, 7, -1])

    def fill(self, message, depth, field=None, rules=None):
        name = message.DESCRIPTOR.full_name
        rng = self.rng
        if name in ("google.protobuf.Timestamp", "google.protobuf.Duration"):
            if field.name in ("lt_now", "gt_now", "within", "soon", "no_now"):
                message.seconds = int(time.time()) + rng.choice([-7200, -1800, -120, 120, 1800, 7200, 10**6])
            else:
                message.seconds, message.nanos = rng.choice([(0, 0), (5, 0), (5, 1), (4, 999999999), (10, 499), (10, 500), (10, 501), (11, 0), (-1, 0)])
                if name.endswith("Duration") and rng.random() < 0.2:
                    message.seconds, message.nanos = rng.choice([(-1, -1), (-5, -999999999), (0, -1)])
        elif name == "google.protobuf.Any":
            message.type_url = rng.choice(["", "x", "type.googleapis.com/a.B", "type.googleapis.com/a.Bc", "xx"])
        elif name == "google.protobuf.FieldMask":
            message.paths.extend(rng.choice(["a", "b", "b.c", "b.c.d", "ab", "b.cd", "", "a.é"]) for _ in range(rng.randint(0, 3)))
        else:
            self.fields(message, depth, rules)

    def fields(self, message, depth, outer=None):
        rng = self.rng
        sparse = rng.random() < 0.3
        for field in message.DESCRIPTOR.fields:
            if rng.random() < (0.8 if sparse else 0.25) or (field.message_type and depth <= 0):
                continue
            rules = outer if outer is not None else self.rules(field)
            entry = field.message_type and field.message_type.GetOptions().map_entry and field.message_type
            if entry:
                target = getattr(message, field.name)
                for _ in range(rng.randint(0, 3)):
                    key = self.scalar(entry.fields_by_name["key"], rules)
                    value = entry.fields_by_name["value"]
                    if value.message_type:
                        self.fill(target[key], depth - 1, field, None if not value.message_type.file.package.startswith("google") else rules)
                    else:
                        target[key] = self.scalar(value, rules)
            elif field.is_repeated:
                for _ in range(rng.randint(0, 4)):
                    if field.message_type:
                        self.inner(getattr(message, field.name).add(), field, rules, depth)
                    else:
                        getattr(message, field.name).append(self.scalar(field, rules))
            elif field.message_type:
                self.inner(getattr(message, field.name), field, rules, depth)
            else:
                setattr(message, field.name, self.scalar(field, rules))

    def inner(self, message, field, rules, depth):
        message.SetInParent()
        is_google = field.message_type.file.package.startswith("google")
        if is_google or self.rng.random() < 0.85:
            self.fill(message, depth - 1, field, rules if is_google else None)


def quoted(key):
    text = ""
    for letter in key:
        if letter in '"\\':
            text += "\\" + letter
        elif letter == "\n":
            text += "\\n"
        elif ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0:
            text += "\\u%04x" % ord(letter)
        else:
            text += letter
    return '"' + text + '"'


def path(violation):
    steps = []
    for element in violation.field.elements if violation.field else []:
        text = element.field_name
        if element.subscript is not None:
            value = element.subscript.value
            text += "[%s]" % (quoted(value) if isinstance(value, str) else str(value).lower())
        steps.append(text)
    return ".".join(steps)


def main():
    rng = random.Random(int(sys.argv[1]))
    pool = load(sys.argv[3:])
    maker = Maker(rng, pool)
    names = [name for name in pool.FindFileByName("torture.proto").message_types_by_name if name not in ("Plain",)]
    for index in range(int(sys.argv[2])):
        name = names[index % len(names)]
        message = message_factory.GetMessageClass(pool.FindMessageTypeByName("validation.torture." + name))()
        maker.fields(message, 3)
        found = sorted(path(each.proto) + "|" + each.proto.rule_id for each in protovalidate.collect_violations(message))
        print(name, message.SerializeToString().hex() or "-", *(each.encode().hex() for each in found))


main()
