"""The torture file's messages as Python classes, and strategies for values of them."""

import math
import tempfile
from pathlib import Path

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, empty_pb2, field_mask_pb2  # noqa: F401
from google.protobuf import message_factory, struct_pb2, timestamp_pb2, wrappers_pb2  # noqa: F401
from google.protobuf.descriptor import FieldDescriptor
from grpc_tools import protoc
from hypothesis import strategies as st

ROOTS = ["Scalars", "Optionals", "Repeats", "Maps", "Node", "WellKnown", "Names", "Subset"]


def load(protos):
    """Registers torture.proto with Python's runtime."""
    with tempfile.NamedTemporaryFile() as output:
        included = Path(protoc.__file__).parent / "_proto"
        assert protoc.main(["", f"-I{protos}", f"-I{included}", f"--descriptor_set_out={output.name}", "torture/v1/torture.proto"]) == 0
        for file in descriptor_pb2.FileDescriptorSet.FromString(Path(output.name).read_bytes()).file:
            descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    pool = descriptor_pool.Default()
    return {f"torture.v1.{name}": message_factory.GetMessageClass(pool.FindMessageTypeByName(f"torture.v1.{name}")) for name in ROOTS}


def integers(low, high):
    edges = [low, high, 0, 1, 127, 128, 300, 2**14, 2**21, 2**28, 2**31 - 1, 2**31, 2**53 + 1, -1, -(2**31)]
    return st.one_of(st.sampled_from([value for value in edges if low <= value <= high]), st.integers(low, high))


# Letters of all lengths in UTF-8, what JSON escapes, two spellings of one letter, and what is hidden in text.
letters = st.sampled_from("azAZ09_ .,/\"\\\n\r\t\b\f\0\x7f\x1b<>&'éßλ漢\u2028\u2029\ufeff\ue000\uffff🦀\U0010ffff") | st.just("e\u0301")
texts = st.lists(letters, max_size=6).map("".join)
floats = st.one_of(st.sampled_from([0.0, -0.0, 1.0, 0.5, 1e10, 1e16, 1e21, 1e-5, 1e-7, 5e-324, math.inf, -math.inf, math.nan]), st.floats())

SCALARS = {
    FieldDescriptor.TYPE_DOUBLE: floats,
    FieldDescriptor.TYPE_FLOAT: st.one_of(floats.filter(lambda value: not abs(value) > 3.4e38 or math.isinf(value)), st.floats(width=32)),
    FieldDescriptor.TYPE_INT32: integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_SINT32: integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_SFIXED32: integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_ENUM: integers(-6, 13) | integers(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_SINT64: integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_SFIXED64: integers(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: integers(0, 2**32 - 1),
    FieldDescriptor.TYPE_FIXED32: integers(0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: integers(0, 2**64 - 1),
    FieldDescriptor.TYPE_FIXED64: integers(0, 2**64 - 1),
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_STRING: texts,
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=9),
}

seconds = st.one_of(st.integers(-62135596800, 253402300799), st.sampled_from([-62135596800, -1, 0, 253402300799, 253402300800, -62135596801]))
spans = st.one_of(st.integers(-315576000000, 315576000000), st.sampled_from([-315576000000, 0, 315576000000, 315576000001]))
nanos = st.one_of(st.sampled_from([0, 1, 1000, 1000000, 500000000, 999999999, 1000000000, -1]), st.integers(-999999999, 999999999))
paths = st.sampled_from(["a", "foo_bar", "foo_bar.baz_q", "x1", "fooBar", "_x", "x_", "foo__bar", "foo_3", "a.b", "ä", "a\nb"])


@st.composite
def message(draw, cls, depth=0):
    """A message with few fields set, so that hypothesis can make many and shrink them well."""
    value = cls()
    name = cls.DESCRIPTOR.full_name
    if name == "google.protobuf.Timestamp":
        value.seconds, value.nanos = draw(seconds), abs(draw(nanos)) if draw(st.booleans()) else draw(nanos)
    elif name == "google.protobuf.Duration":
        value.seconds, value.nanos = draw(spans), draw(nanos)
    elif name == "google.protobuf.FieldMask":
        value.paths.extend(draw(st.lists(paths, max_size=3)))
    elif name == "google.protobuf.Any":
        packed(draw, value, depth)
    else:
        most = max(1, 5 - depth)
        for field in draw(st.lists(st.sampled_from(list(cls.DESCRIPTOR.fields)), max_size=most)) if cls.DESCRIPTOR.fields else []:
            fill(draw, value, field, depth)
    return value


def packed(draw, value, depth):
    if depth > 3 or draw(st.integers(0, 5)) == 0:
        return
    inner = [CLASSES["torture.v1.Subset"], CLASSES["torture.v1.Node"], timestamp_pb2.Timestamp, struct_pb2.Value, wrappers_pb2.Int64Value]
    inner += [empty_pb2.Empty, any_pb2.Any]
    value.Pack(draw(message(draw(st.sampled_from(inner)), depth + 1)), deterministic=True)


def fill(draw, value, field, depth):
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        entries(draw, getattr(value, field.name), field.message_type, depth)
    elif field.message_type is not None:
        if depth > 4:
            return
        cls = message_factory.GetMessageClass(field.message_type)
        if field.is_repeated:
            getattr(value, field.name).extend(draw(st.lists(message(cls, depth + 1), max_size=2)))
        else:
            getattr(value, field.name).CopyFrom(draw(message(cls, depth + 1)))
    elif field.is_repeated:
        getattr(value, field.name).extend(draw(st.lists(scalar(field), max_size=4)))
    else:
        setattr(value, field.name, draw(scalar(field)))


def entries(draw, target, entry, depth):
    key, item = entry.fields
    for one in draw(st.lists(scalar(key), max_size=3)):
        if item.message_type is None:
            target[one] = draw(scalar(item))
        elif depth <= 4:
            target[one].CopyFrom(draw(message(message_factory.GetMessageClass(item.message_type), depth + 1)))


def scalar(field):
    # NullValue has one value, and JSON no way to say another.
    if field.enum_type is not None and field.enum_type.full_name == "google.protobuf.NullValue":
        return st.just(0)
    return SCALARS[field.type]


CLASSES = {}
