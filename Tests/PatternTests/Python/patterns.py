"""Random patterns and texts, and what RE2 says of them.

    patterns.py SEED COUNT

prints one line for each pattern: the pattern in hexadecimal, then `-` where RE2 refuses it, or for each text its
hexadecimal and 1 or 0. Everything is UTF-8.
"""

import random
import sys

import re2

OPTIONS = re2.Options()
OPTIONS.log_errors = False

ATOMS = [
    "a", "b", "k", "s", "ſ", "é", "Σ", "ς", "ß", "0", "7", "_", " ", "-", "\n", ".", r"\.", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S",
    r"\pL", r"\PL", r"\p{Lu}", r"\p{^Nd}", r"\pN", "[abc]", "[^abc]", "[a-f0-9]", "[^\\d]", "[[:alpha:]]", "[[:^digit:]_]", "[]a]", "[^]a]",
    "[a-]", r"[\w-]", r"[\x{100}-\x{17F}]", r"\x41", r"\x{1F600}", r"\101", r"\t", r"\Qa.b\E", "[k-s]", "[α-ω]", "[^\\n]", r"[\pL\d]",
    r"\_", "é+", "日", "😀", r"[^\x00-\x1f\x7f]", "(?i:k)", "(?i:ß)", "(?i)s", "(?-i)S", "(?s:.)", "(?P<n>a)", "(?<n>b)", "{", "}", "a{", "x{,3}",
]
# Without \B, which RE2 finds between the bytes of one character: ours stands between characters, as in Go and Rust.
ASSERTIONS = ["^", "$", r"\b", r"\A", r"\z", "(?m:^)", "(?m:$)", "(?m)^", "(?m)$"]
ODD = ["(", ")", "[", "]", "*", "+", "**", "a++", "(?", "(?P<", "\\", r"\1", r"\8", r"\p{Foo}", "[z-a]", "{2}", "a{3,1}", "a{1001}", r"\x", r"\x{110000}",
       "[[:foo:]]", "(?z)", r"[a-\d]", "(?-)", "(?)", "(?i-)", "(?:)", r"\e", "a{2}{3}", "(|a)*", "()*", "^*", "x**?", "|", "(?i", r"\pL{2}", "[\\", "a**"]
REPEATS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{0}", "{1,}", "{0,2}", "{2,4}", "{3,}?"]
LETTERS = list("aabbkKsSſKéÉΣςσßẞ07_ -\n\t.AB{}日😀\x00\x7f\u0100ĸİıIi")


def pattern(rng, depth=0):
    choice = rng.random()
    if depth > 4 or choice < 0.45:
        return rng.choice(ATOMS)
    if choice < 0.55:
        return rng.choice(ASSERTIONS)
    if choice < 0.57:
        return rng.choice(ODD)
    if choice < 0.72:
        return "(" + rng.choice(["", "?:", "?i:", "?s:", "?m:", "?i-s:"]) + pattern(rng, depth + 1) + ")" + rng.choice(REPEATS)
    if choice < 0.8:
        return "(?:" + pattern(rng, depth + 1) + "|" + pattern(rng, depth + 1) + ")"
    if choice < 0.84:
        return pattern(rng, depth + 1) + "|" + pattern(rng, depth + 1)
    if choice < 0.92:
        return pattern(rng, depth + 1) + rng.choice(REPEATS)
    return "".join(pattern(rng, depth + 1) for _ in range(rng.randint(2, 3)))


def text(rng, of):
    letters = LETTERS + [letter for letter in of if letter.isalnum()]
    return "".join(rng.choice(letters) for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 8, 13])))


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        source = "".join(pattern(rng) for _ in range(rng.randint(1, 4)))
        if rng.random() < 0.3:
            source = "^" + source + "$"
        line = [source.encode().hex()]
        try:
            compiled = re2.compile(source, OPTIONS)
        except re2.error:
            line.append("-")
        else:
            for _ in range(12):
                sample = text(rng, source)
                line.append(sample.encode().hex() + ("1" if compiled.search(sample) else "0"))
        print(" ".join(line), flush=False)


main()
