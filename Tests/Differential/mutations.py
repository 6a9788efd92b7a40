"""Strategies that damage what is valid: bytes, and the text of JSON."""

import json

from hypothesis import strategies as st

# Pieces of wire format that decoders trip over: long and endless varints, tags of number 0 and of types that do not exist, groups,
# lengths beyond the end, text that is not UTF-8.
PIECES = [
    "00", "07", "0b", "0c", "80", "8000", "808000", "ffffffffffffffffff01", "ffffffffffffffffff7f", "80808080808080808080",
    "8080808080808080808001", "8880808000", "888080808000", "f8ffffff0f00", "f8ffffff1f00", "fa0100", "1b1c", "1b1b1c1c", "1b24", "0a00",
    "0a7f", "0affffffff0f", "0a808080808000", "7203ff4180", "7202c080", "7203eda080", "7204f4908080", "08ffffffff0f", "1a0408011001", "1a00",
    "120012021a00", "0a021a00", "220a0dffffffff1500000000", "4a0508011202fffe",
]  # fmt: skip


@st.composite
def wire(draw, valid):
    """Bytes of a message with a few places damaged, or none."""
    data = bytearray(valid)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(data)))
        kind = draw(st.sampled_from(["set", "insert", "piece", "delete", "cut", "repeat", "bit"]))
        if kind == "set" and place < len(data):
            data[place] = draw(st.integers(0, 255))
        elif kind == "bit" and place < len(data):
            data[place] ^= 1 << draw(st.integers(0, 7))
        elif kind == "insert":
            data[place:place] = draw(st.binary(min_size=1, max_size=4))
        elif kind == "piece":
            data[place:place] = bytes.fromhex(draw(st.sampled_from(PIECES)))
        elif kind == "delete":
            del data[place : place + draw(st.integers(1, 4))]
        elif kind == "cut":
            del data[place:]
        elif kind == "repeat":
            data += data[place : place + draw(st.integers(1, 20))]
    return bytes(data)


class Raw:
    """Text that stands in JSON as it is."""

    def __init__(self, text):
        self.text = text


# Values in spellings that some parser takes and another does not.
VALUES = """
0 -0 1 -1 1.0 1.5 1e2 1E+2 1e-2 100e-2 12e-1 -0.0 0e5 01 -01 +1 .5 1. 1e 1e+ 0x1 1_0 2147483647 2147483648 -2147483648 -2147483649
4294967295 4294967296 9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809
18446744073709551615 18446744073709551616 1e18 1e19 1e20 9223372036854775807.0 1e308 1e309 -1e309 1e400 1e-400 3.4028235e38 3.4028236e38
3.5e38 1e40 16777217 0.1 NaN Infinity -Infinity null true false True nul "" "1" " 1" "1 " "1.0" "1.5" "1e2" "-0" "-1" "0x1" "01" "+1" "1_0"
"١" "3.5e38" "-1e309" "NaN" "Infinity" "-Infinity" "inf" "nan" "-inf" "true" "false" "null" "AQI=" "AQI" "AQ==" "AQ=" "AR==" "A" "A===" "-_" "+/==" "AQ I=" "A\\u0051=="
"COLOR_RED" "COLOR_CRIMSON" "RED" "color_red" "NULL_VALUE" "1970-01-01T00:00:00Z" "1970-01-01T00:00:00.5+01:00" "1970-01-01t00:00:00z"
"2024-02-30T00:00:00Z" "0000-01-01T00:00:00Z" "9999-12-31T23:59:59.999999999Z" "1970-01-01T00:00:00" "1970-01-01 00:00:00Z"
"1970-01-01T00:00:60Z" "1970-01-01T24:00:00Z" "1970-01-01T00:00:00.1234567891Z" "1s" "-1.5s" "1.0000000001s" "1" "1.s" ".5s" "-s" "--1s"
"315576000001s" "0.5s" "-0.5s" "+1s" "1e3s" "fooBar,b" "foo_bar" "" "a,,b" "a.b" "Foo" "\\ud83d\\ude00" "\\ud83d" "\\ude00\\ud83d" "\\u0000" "\\x41"
"\\u00e9" "\t" "é" [] {} [null] [[]] [1] [1,2] [[1]] {"a":null} {"":1} {"a":1,"a":2} {"1":1} {"true":true} {"@type":1} {"@type":""}
{"@type":"type.googleapis.com/torture.v1.Subset","int32":1} {"int32":1,"@type":"type.googleapis.com/torture.v1.Subset"}
{"@type":"torture.v1.Subset"} {"@type":"x/torture.v1.Subset","int32":"1"} {"@type":"type.googleapis.com/no.Such"}
{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"} {"@type":"type.googleapis.com/google.protobuf.Duration"}
{"@type":"type.googleapis.com/google.protobuf.Empty"} {"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}
{"value":1} {"seconds":1} {"int32":null} {"int32":1,"unknown":2}
"""

# One value to a line of words would split the strings: a value ends where the next one can begin.
TOKENS = [token for token in __import__("re").findall(r'"(?:\\.|[^"\\\n])*"|\{.*?\}(?=\s|$)|\[.*?\](?=\s|$)|[^\s"{\[]+', VALUES)]


@st.composite
def text(draw, valid, names):
    """The JSON of a message with some values replaced, members added, or characters damaged."""
    tree = json.loads(json.dumps(valid))
    for _ in range(draw(st.integers(0, 2))):
        tree = replaced(draw, tree, names)
    result = dump(draw, tree)
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        place = draw(st.integers(0, len(result)))
        kind = draw(st.sampled_from(["delete", "insert", "cut", "space"]))
        if kind == "delete":
            result = result[:place] + result[place + 1 :]
        elif kind == "cut":
            result = result[:place]
        else:
            result = result[:place] + draw(st.sampled_from(list(" \n\t\r") if kind == "space" else list('{}[]",:\\0-.e \x00\x0b\xa0/*#tn\''))) + result[place:]
    return result


def replaced(draw, tree, names):
    """The tree with one place of it changed, which is as often deep as it is here."""
    inner = isinstance(tree, (dict, list)) and len(tree) > 0 and draw(st.booleans())
    if inner and isinstance(tree, dict):
        name = draw(st.sampled_from(list(tree)))
        return {**tree, name: replaced(draw, tree[name], names)}
    if inner and isinstance(tree, list):
        index = draw(st.integers(0, len(tree) - 1))
        return tree[:index] + [replaced(draw, tree[index], names)] + tree[index + 1 :]
    value = Raw(draw(st.sampled_from(TOKENS)))
    if isinstance(tree, dict) and draw(st.integers(0, 3)):
        return {**tree, draw(st.sampled_from(names)): value}
    if isinstance(tree, list) and draw(st.booleans()):
        return tree + [value]
    return value


def dump(draw, tree):
    if isinstance(tree, Raw):
        return tree.text
    if isinstance(tree, dict):
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{dump(draw, value)}" for name, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(dump(draw, value) for value in tree) + "]"
    return json.dumps(tree, ensure_ascii=False)
