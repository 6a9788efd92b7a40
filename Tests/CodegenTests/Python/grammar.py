"""Random .proto files: mostly valid ones, from the grammar of the language, and versions of them with a few tokens changed."""

import random

SCALARS = """double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes""".split()
MAP_KEYS = [scalar for scalar in SCALARS if scalar not in ("double", "float", "bytes")]
KEYWORDS = """message enum rpc option import package syntax returns stream to max extend reserved optional repeated oneof map true inf nan
service public weak group extensions required int32 string""".split()
NUMBERS = "0 1 -1 2 15 16 2047 18999 19000 19999 20000 536870911 536870912 2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296 \
9223372036854775807 9223372036854775808 -9223372036854775808 18446744073709551615 18446744073709551616 010 0x1F 0XaB 08 0x 1.5 .5 1. 1e3 1.e3 1E-400 \
1e999 inf -inf nan -nan -0 -0.0 3.4028236e38 1f 0.1e+2 00 1e 1.2.3".split()
STRINGS = ["''", '"a"', '"\\n\\t\\"\\\'\\?\\\\"', '"\\x41\\101\\u00e9\\U0001F600"', '"\\377\\xff"', '"a" \'b\' "c"', '"\u00e9\u20ac"', '"\\0"', '"\\q"',
           '"\\ud83d\\ude00"', '"\\ud800"', '"\\x"', '"\\u12"', '"\\U00110000"', '"\\400"', '"//"', '"/*"']

# What every file can import: custom options for each element, in a package of its own.
OPTIONS = """syntax = "proto3";
package opt.v1;
import "google/protobuf/descriptor.proto";
import public "deep.proto";
message Policy {
  string name = 1; repeated string scopes = 2; int32 level = 3; Policy inner = 4; Kind kind = 5; repeated Kind kinds = 6; repeated int32 numbers = 7;
  map<string, int32> weights = 8; oneof choice { string text = 9; bool flag = 10; } optional double ratio = 11; bytes token = 12; repeated Policy more = 13;
  uint64 big = 14; repeated sint64 loose = 15 [packed = false]; float share = 16; map<int32, Policy> by_id = 17;
}
enum Kind { KIND_UNSPECIFIED = 0; KIND_A = 1; KIND_B = -1; }
extend google.protobuf.FileOptions { Policy file_policy = 50001; repeated string file_words = 50002; }
extend google.protobuf.MessageOptions { Policy message_policy = 50001; repeated int32 message_numbers = 50002; int64 message_big = 50003; }
extend google.protobuf.FieldOptions { Policy field_policy = 50001; Kind field_kind = 50002; double field_double = 50003; float field_float = 50004; }
extend google.protobuf.OneofOptions { string oneof_note = 50001; bytes oneof_bytes = 50002; }
extend google.protobuf.EnumOptions { Policy enum_policy = 50001; uint32 enum_number = 50002; }
extend google.protobuf.EnumValueOptions { bool value_flag = 50001; repeated Policy value_policies = 50002; sint32 value_sint = 50003; }
extend google.protobuf.ServiceOptions { Policy service_policy = 50001; fixed64 service_fixed = 50002; }
extend google.protobuf.MethodOptions { Policy method_policy = 50001; sfixed32 method_sfixed = 50002; repeated Kind method_kinds = 50003; }
"""
DEEP = 'syntax = "proto3"; package opt.v1.deep; message Deep { string text = 1; message In { int32 a = 1; } } enum Mode { MODE_ZERO = 0; MODE_ONE = 1; }'

EXTENSIONS = {
    "File": [("file_policy", "policy"), ("file_words", "string")],
    "Message": [("message_policy", "policy"), ("message_numbers", "int"), ("message_big", "int")],
    "Field": [("field_policy", "policy"), ("field_kind", "kind"), ("field_double", "number"), ("field_float", "number")],
    "Oneof": [("oneof_note", "string"), ("oneof_bytes", "string")],
    "Enum": [("enum_policy", "policy"), ("enum_number", "int")],
    "EnumValue": [("value_flag", "bool"), ("value_policies", "policy"), ("value_sint", "int")],
    "Service": [("service_policy", "policy"), ("service_fixed", "int")],
    "Method": [("method_policy", "policy"), ("method_sfixed", "int"), ("method_kinds", "kind")],
}
PLAIN = {
    "File": ["java_package = \"a.b\"", "java_multiple_files = true", "optimize_for = SPEED", "cc_enable_arenas = false", "swift_prefix = 'X'", "deprecated = true"],
    "Message": ["deprecated = true", "no_standard_descriptor_accessor = false"],
    "Field": ["deprecated = true", "deprecated = false", "debug_redact = true", "ctype = CORD", "weak = false", "packed = false", "jstype = JS_NORMAL",
              "lazy = false", "jstype = JS_STRING", "packed = true", "lazy = true"],
    "Oneof": [],
    "Enum": ["deprecated = false"],
    "EnumValue": ["deprecated = true"],
    "Service": ["deprecated = true"],
    "Method": ["deprecated = true", "idempotency_level = IDEMPOTENT"],
}


class Grammar:
    """Writes one file as a list of tokens. The same generator state gives the same file."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.tokens: list[str] = []
        self.types: list[str] = ["opt.v1.Policy", "opt.v1.Kind", "opt.v1.deep.Deep", "opt.v1.deep.Deep.In", "opt.v1.deep.Mode"]
        self.messages: list[str] = ["opt.v1.Policy", "opt.v1.deep.Deep"]
        self.count = 0

    def put(self, text: str):
        self.tokens += text.split() if '"' not in text and "'" not in text else [text]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def name(self, upper: bool = False) -> str:
        if self.chance(0.08):
            return self.rng.choice(KEYWORDS)
        self.count += 1
        stem = self.rng.choice(["a", "item", "first_name", "x_1y", "UPPER_CASE", "camelCase", "_lead", "trail_", "dou__ble", "Url", "z9"])
        return (stem.title().replace("_", "") if upper else stem) + ("_" if self.chance(0.2) else "") + str(self.count)

    # Values

    def number(self) -> str:
        return self.rng.choice(NUMBERS) if self.chance(0.06) else str(self.rng.randint(0, 100))

    def string(self) -> str:
        return self.rng.choice(STRINGS) if self.chance(0.06) else f'"{self.rng.choice("abc xyz é".split())}"'

    def value(self, kind: str, depth: int = 0) -> str:
        if self.chance(0.006):
            kind = self.rng.choice(["int", "string", "bool", "kind", "policy", "number"])
        if kind == "policy":
            return self.aggregate(depth)
        return {"int": self.number, "number": self.number, "string": self.string, "bool": lambda: self.rng.choice(["true", "false"]),
                "kind": lambda: self.rng.choice(["KIND_A", "KIND_B", "KIND_UNSPECIFIED"])}[kind]()

    def aggregate(self, depth: int) -> str:
        parts = []
        fields = [("name", "string"), ("level", "int"), ("kind", "kind"), ("ratio", "number"), ("token", "string"), ("big", "int"), ("share", "number"),
                  ("text", "string"), ("flag", "bool"), ("inner", "policy")]
        for field, kind in self.rng.sample(fields, self.rng.randint(0, 4)):
            if kind == "policy":
                if depth < 3:
                    parts.append(f"{field}{self.rng.choice([':', '', ' : '])} {self.aggregate(depth + 1)}")
            else:
                parts.append(f"{field}: {self.value(kind)}")
        for field, kind in [("scopes", "string"), ("kinds", "kind"), ("numbers", "int"), ("loose", "int")]:
            if self.chance(0.3):
                values = [self.value(kind) for _ in range(self.rng.randint(0, 3))]
                parts.append(f"{field}: [{', '.join(values)}]" if self.chance(0.5) else " ".join(f"{field}: {value}" for value in values))
        if self.chance(0.3):
            parts.append(f'weights {{ key: "k" value: {self.number()} }}')
        if self.chance(0.1):
            parts.append(f"more: [{{}}, {self.aggregate(depth + 2)}]" if depth < 3 else "more {}")
        if self.chance(0.1) and depth < 3:
            parts.append(f"by_id: {{ key: {self.number()} value {self.aggregate(depth + 2)} }}")
        parts = [part for part in parts if part]
        self.rng.shuffle(parts)
        body = self.rng.choice([" ", ", ", "; "]).join(parts)
        return f"<{body}>" if depth and self.chance(0.3) else f"{{ {body} }}"

    # Options

    def options(self, target: str, count: int) -> list[str]:
        """Different ones, nearly always: most cannot be set twice."""
        result, seen = [], set()
        for _ in range(count):
            option = self.option(target)
            name = option.split("=")[0].replace(" ", "").replace("(.", "(").split(")")[0]
            if name not in seen or self.chance(0.05):
                result.append(option)
            seen.add(name)
        return result

    def option(self, target: str) -> str:
        plain = PLAIN[target]
        if plain and self.chance(0.4):
            return self.rng.choice(plain)
        name, kind = self.rng.choice(EXTENSIONS[target])
        full = self.rng.choice([f"(opt.v1.{name})", f"(.opt.v1.{name})", f"( opt.v1 . {name} )"])
        if kind == "policy" and name != "value_policies" and self.chance(0.5):
            path, kind = self.rng.choice([(".name", "string"), (".level", "int"), (".inner", "policy"), (".inner.inner.kind", "kind"), (".scopes", "string"),
                                          (".ratio", "number"), (".inner.token", "string"), (".numbers", "int"), (".text", "string"), (".flag", "bool")])
            full += path
        return f"{full} = {self.value(kind)}"

    def statements(self, target: str, probability: float = 0.25):
        count = 0
        while self.chance(probability):
            count += 1
        for option in self.options(target, count):
            self.tokens += ["option", option, ";"]

    def brackets(self, target: str, extra: list[str] = []):
        options = list(extra)
        if self.chance(0.2):
            options += self.options(target, self.rng.randint(1, 2))
        if options:
            self.tokens += ["[", ", ".join(options), "]"]

    # Declarations

    def type_name(self, scope: str, only_messages: bool = False) -> str:
        full = self.rng.choice(self.messages if only_messages else self.types)
        if self.chance(0.3):
            return "." + full
        parts = full.split(".")
        common = 0
        for part, other in zip(parts, scope.split(".")):
            if part != other:
                break
            common += 1
        # Cutting off what the scopes have in common is how people write it; C++'s scoping says what it means.
        return ".".join(parts[self.rng.randint(0, min(common, len(parts) - 1)):])

    def field(self, scope: str, numbers, in_oneof: bool = False):
        rng = self.rng
        name, number = self.name(), str(next(numbers))
        extra = [f'json_name = "{self.rng.choice(["j", "J_", "é", "a b"])}{self.count}"'] if self.chance(0.08) else []
        if not in_oneof and self.chance(0.15):
            key = rng.choice(MAP_KEYS if self.chance(0.97) else SCALARS)
            self.tokens += ["map", "<", key, ",", rng.choice(SCALARS) if self.chance(0.5) else self.type_name(scope), ">", name]
        else:
            if not in_oneof:
                label = rng.choices(["", "optional", "repeated"], [6, 2, 3])[0]
                self.tokens += [label] if label else []
            self.tokens += [rng.choice(SCALARS) if self.chance(0.65) else self.type_name(scope), name]
        self.tokens += ["=", number if self.chance(0.95) else hex(int(number))]
        self.brackets("Field", extra)
        self.tokens.append(";")

    def numbers(self, limit: int = 60):
        numbers = list(range(1, limit))
        if self.chance(0.3):
            self.rng.shuffle(numbers)
        if self.chance(0.03):
            numbers.insert(0, self.rng.choice([536870911, 18999, 20000, 19000, 0, 536870912]))
        return iter(numbers)

    def message(self, scope: str, depth: int):
        name = self.name(upper=True)
        full = f"{scope}.{name}" if scope else name
        self.types.append(full)
        self.messages.append(full)
        self.tokens += ["message", name, "{"]
        numbers = self.numbers()
        self.statements("Message")
        for _ in range(self.rng.randint(0, 7)):
            roll = self.rng.random()
            if roll < 0.68:
                self.field(full, numbers)
            elif roll < 0.76 and depth < 3:
                self.message(full, depth + 1)
            elif roll < 0.82:
                self.enum(full)
            elif roll < 0.92:
                self.tokens += ["oneof", self.name(), "{"]
                self.statements("Oneof")
                for _ in range(self.rng.randint(1, 3)):
                    self.field(full, numbers, in_oneof=True)
                self.tokens.append("}")
            elif roll < 0.96:
                self.tokens.append(";")
            else:
                self.extend(full)
        if self.chance(0.2):
            self.tokens += ["reserved", self.rng.choice(["100", "100, 200 to 300", "1000 to max", "100 to 100, 101", "64 to 0x50"]), ";"]
        if self.chance(0.15):
            self.tokens += ["reserved", self.rng.choice(['"foo"', "'foo', \"bar\"", '"f" "oo"', '"1x"']), ";"]
        self.tokens.append("}")

    def enum(self, scope: str):
        name = self.name(upper=True)
        self.types.append(f"{scope}.{name}" if scope else name)
        self.tokens += ["enum", name, "{"]
        aliases = self.chance(0.15)
        if aliases:
            self.tokens += ["option", "allow_alias = true", ";"]
        self.statements("Enum", 0.15)
        values = [0] + self.rng.sample([1, 2, 3, -1, 2147483647, -2147483648, 10], self.rng.randint(0, 4))
        if aliases:
            values.append(self.rng.choice(values))
        for value in values:
            prefix = name.upper() + "_" if self.chance(0.6) else ""
            self.tokens += [prefix + self.name().upper() if prefix else self.name(), "=", str(value)]
            self.brackets("EnumValue")
            self.tokens.append(";")
        if self.chance(0.15):
            self.tokens += ["reserved", self.rng.choice(["20", "-5 to -2", "100 to max", '"OLD"', "20, 30 to 40"]), ";"]
        self.tokens.append("}")

    def extend(self, scope: str):
        target = self.rng.choice(list(EXTENSIONS))
        self.tokens += ["extend", f"google.protobuf.{target}Options", "{"]
        for _ in range(self.rng.randint(1, 2)):
            label = self.rng.choice(["", "optional", "repeated"])
            self.tokens += ([label] if label else []) + [self.rng.choice(SCALARS) if self.chance(0.7) else self.type_name(scope), self.name()]
            self.count += 1
            self.tokens += ["=", str(51000 + self.count), ";"]
        self.tokens.append("}")

    def service(self, scope: str):
        name = self.name(upper=True)
        self.tokens += ["service", name, "{"]
        self.statements("Service")
        for _ in range(self.rng.randint(0, 3)):
            self.tokens += ["rpc", self.name(upper=True), "("] + (["stream"] if self.chance(0.3) else [])
            self.tokens += [self.type_name(f"{scope}.{name}", only_messages=True), ")", "returns", "("] + (["stream"] if self.chance(0.3) else [])
            self.tokens += [self.type_name(f"{scope}.{name}", only_messages=True), ")"]
            if self.chance(0.4):
                self.tokens.append("{")
                self.statements("Method", 0.5)
                self.tokens.append("}")
            else:
                self.tokens.append(";")
        self.tokens.append("}")

    def file(self) -> list[str]:
        self.tokens += ["syntax", "=", '"proto3"', ";"]
        package = self.rng.choice(["", "a.v1", "opt.v2", "b", "a.message.v1", "opt"])
        head = [["import", '"options.proto"', ";"], ["import", '"google/protobuf/descriptor.proto"', ";"]]
        if package:
            head.append(["package", package, ";"])
        self.rng.shuffle(head)
        self.tokens += sum(head, [])
        self.statements("File", 0.4)
        for _ in range(self.rng.randint(1, 6)):
            self.rng.choices([lambda: self.message(package, 0), lambda: self.enum(package), lambda: self.service(package),
                              lambda: self.extend(package), lambda: self.tokens.append(";")], [6, 2, 2, 1, 1])[0]()
        return self.tokens


def text(tokens: list[str], rng: random.Random) -> str:
    """Lays tokens out, with comments and odd white space between some of them."""
    result = "\ufeff" if rng.random() < 0.03 else ""
    for token in tokens:
        result += token
        roll = rng.random()
        if roll < 0.03:
            result += rng.choice([" // line\n", "\n// one\n// two\n", " /* block */ ", "\n\n/* far\n * away */\n\n", "// at once\n", "\n\t\r\n", "/**/"])
        elif token in ("{", "}", ";"):
            result += "\n"
        else:
            result += " "
    return result


def mutated(tokens: list[str], rng: random.Random) -> list[str]:
    """One to three tokens dropped, doubled, swapped or replaced; long ones may be changed inside."""
    tokens = list(tokens)
    for _ in range(rng.randint(1, 3)):
        place = rng.randrange(len(tokens))
        roll = rng.random()
        if roll < 0.2:
            del tokens[place]
        elif roll < 0.35:
            tokens.insert(place, tokens[place])
        elif roll < 0.5:
            other = rng.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        elif roll < 0.75:
            tokens[place] = rng.choice(tokens)
        elif roll < 0.9:
            tokens[place] = rng.choice(NUMBERS + STRINGS + KEYWORDS + list("{}()[]<>;,.=:-/"))
        else:
            token = tokens[place]
            cut = rng.randint(0, len(token))
            tokens[place] = token[:cut] + rng.choice(list("{}()[]<>;,.=:-\"'\\ x0") + ["//", "/*", "é"]) + token[cut + rng.randint(0, 1):]
    return tokens
