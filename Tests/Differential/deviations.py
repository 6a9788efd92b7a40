"""Where we differ from protobuf's Python runtime (upb for bytes, json_format for JSON), knowingly, and why.

Each function answers the reason, or None if a difference has none and is an error. A reason is given only if something here, that is
no part of our own code, finds in the payload what the reason speaks of.
"""

import json
import re
from decimal import Decimal

from google.protobuf.unknown_fields import UnknownFieldSet

LENGTH = "upb and C++ refuse a length in more than five bytes; we, Java and Go read it as the varint that it is"
ENTRY = "upb keeps a map entry with an unknown field in it as a whole unknown field; we and C++ drop that field and take the entry"
KIND = "json_format says null for a Value without a kind; the definition of Value calls that an error, and so do we and C++"
SYNTAX = "Python's json reads NaN, Infinity and halves of surrogate pairs, which are no JSON"
SPELLING = 'json_format reads quoted numbers by int() and float(), which take "+1", "01", "1_0", " 1" and digits of all scripts'
LOGICAL = "json_format takes true and false for floats and enums, by way of Python's int() and float()"
WHOLE = "json_format reads numbers as floats first, so that 1e-400 is 0, and cuts those of an enum off at the point"
BASE64 = "Python's base64 skips characters that are none"
NAMES = "json_format goes through a string or an array as through an object's names, which it then ignores, or finds none"
QUOTED = "json_format takes the number of an enum value in quotes; the mapping has names in quotes"
CUT = "upb looks an enum's number up by its lower 32 bits, so that 4294967296 is what 0 is"
LARGEST = "json_format writes the largest float as 3.4028235e+38, and refuses to read what is above a shorter spelling of it"
RANGE = "json_format looks at the range of floats only where they are not quoted, so that \"1e40\" becomes infinite"
MINUS = "Python's json reads -0 as the whole number 0, and so loses the sign of a float; -0.0 keeps it"
UNSET = "an enum name that is ignored leaves its field unset, so that another one of its oneof may be set; json_format counts it as one"
TWICE = "what is ignored is not kept, so that we do not see it twice; Python's json does"

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
# The one enum of torture.proto that stands in a oneof, by a name that it does not have.
STRANGE_COLOR = re.compile(r'"color"\s*:\s*"(?!(COLOR_[A-Z0-9_]+)")')
STRICT_BASE64 = re.compile(r"([A-Za-z0-9+/_-]{4})*([A-Za-z0-9+/_-]{2}(==)?|[A-Za-z0-9+/_-]{3}=?)?")
LONG_LENGTH = re.compile(rb"[\x80-\xff]{5,9}[\x00-\x7f]")


def bytes_taken(payload):
    """We took bytes that they refused."""
    return LENGTH if LONG_LENGTH.search(payload) else None


def messages_differ(theirs):
    """Both took the bytes, with different results."""
    return ENTRY if has_torn_entry(theirs) else None


def has_torn_entry(message):
    maps = {field.number for field in message.DESCRIPTOR.fields if field.message_type and field.message_type.GetOptions().map_entry}
    if any(unknown.field_number in maps and unknown.wire_type == 2 for unknown in UnknownFieldSet(message)):
        return True
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.number in maps:
            entry = field.message_type.fields_by_name["value"]
            inner = value.values() if entry.message_type else []
        else:
            inner = value if field.is_repeated else [value]
        if any(has_torn_entry(one) for one in inner):
            return True
    return False


def json_not_written(error):
    """They have JSON of a message of which we say that there is none."""
    return KIND if error.endswith("A Value that has no kind cannot be said in JSON.") else None


def text_refused(text, error):
    """They took a text that we refuse with this error."""
    if not is_strict(text):
        return SYNTAX
    place = re.match(r"line (\d+), column (\d+)", error)
    if place is None:
        return None
    line, column = int(place[1]), int(place[2])
    rest = text.split("\n")[line - 1][column - 1 :].lstrip()
    token = re.match(r'"(?:\\.|[^"\\])*"|[^\s,\]}]+', rest)
    token = token[0] if token else ""
    content = json.loads(token, strict=False) if token.startswith('"') else token
    if "Here should be an object" in error and token[:1] in ('"', "["):
        return NAMES
    if "Here should be" in error and "number" in error:
        if token in ("true", "false"):
            return LOGICAL
        if token.startswith('"') and not NUMBER.fullmatch(content):
            return SPELLING
    if "The number is too large for its field" in error and token.startswith('"') and abs(float(content)) > 3.4028234e38:
        return RANGE
    if "is not a whole one that fits" in error and NUMBER.fullmatch(content) and is_fraction(content):
        return WHOLE
    if "is not a whole one that fits" in error and is_whole(content) and abs(int(content)) >= 2**31 and abs(int(content)) % 2**32 < 16:
        return CUT
    if "This is not base64" in error and not STRICT_BASE64.fullmatch(content):
        return BASE64
    if "has no value" in error and is_whole(content):
        return QUOTED
    return None


def text_taken(text, error, ignores):
    """We took a text that they refuse with this error."""
    if re.search("Float value too (large|small)", error) and any(is_largest(number[0]) for number in NUMBER.finditer(text)):
        return LARGEST
    if ignores and "oneof fields" in error and STRANGE_COLOR.search(text):
        return UNSET
    return TWICE if ignores and "duplicate key" in error else None


def is_largest(number):
    """True for what a 32-bit float rounds to the largest that it has."""
    return 3.4028234e38 < abs(float(number)) < 3.40282357e38


def values_differ(refusal):
    """Both took a text while ignoring what is unknown; without that we refuse it so."""
    name = re.search(r'has no value "(.*?)"', refusal or "")
    return QUOTED if name and is_whole(name[1]) else None


def with_signs(text):
    """The text with its zeros that have a sign spelled so that Python keeps it."""
    return re.sub(r"(?<![\w.+\"-])-0(?![\w.+])", "-0.0", text)


def is_strict(text):
    def refuse(constant):
        raise ValueError(constant)

    try:
        json.dumps(json.loads(text, parse_constant=refuse), ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


def is_fraction(number):
    # Both parts are short: what is generated is.
    value = Decimal(number)
    return value != 0 and value.as_tuple().exponent < 0 and value != value.to_integral_value()


def is_whole(content):
    try:
        int(content)
    except ValueError:
        return False
    return True
