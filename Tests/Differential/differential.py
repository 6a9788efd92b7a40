"""Compares our binary and JSON with those of protobuf's Python runtime, by random messages and random damage to them.

    differential.py --peer .build/debug/codecpeer --protos Tests/ProtobufTests/Proto --examples N [--seed N]

Prints the seed, which gives the same examples again, and what was compared. Exit code 1 and the smallest example that hypothesis
finds, if something differs that deviations.py does not explain.
"""

import argparse
import collections
import json
import random
import struct
import sys
import time

import hypothesis
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import deviations
import messages
import mutations
from peer import Peer

counts = collections.Counter()
reasons = collections.Counter()


def explained(reason, *evidence):
    """Lets a difference pass for a reason, and counts it."""
    assert reason is not None, evidence
    reasons[reason] += 1


def canonical(message):
    return message.SerializeToString(deterministic=True)


@st.composite
def any_message(draw):
    return draw(messages.message(draw(st.sampled_from(list(messages.CLASSES.values())))))


class Comparison:
    def __init__(self, peer):
        self.peer = peer

    def ask(self, message, form, payload):
        """Our outcome. The generated type and DynamicMessage must agree to the byte and to the word of their errors."""
        generated, dynamic = self.peer.ask(message.DESCRIPTOR.full_name, form, payload)
        assert generated == dynamic, ("generated and dynamic", message.DESCRIPTOR.full_name, payload, generated, dynamic)
        return generated

    def json_of(self, theirs, ours):
        """Compares the JSON that both write of one message; returns theirs, if they write any."""
        try:
            expected = json_format.MessageToDict(theirs)
        except Exception as error:
            assert ours.text is None, (str(error), ours)
            counts["messages that have no JSON"] += 1
            return None
        if ours.text is None:
            explained(deviations.json_not_written(ours.text_error), theirs, ours)
            return None
        actual = json.loads(ours.text)
        assert same(actual, expected), (actual, expected)
        # Floating-point numbers have many spellings; all else is spelled in one way.
        if not any_float(expected):
            assert json.dumps(actual, ensure_ascii=False, separators=(",", ":")) == ours.text
            counts["JSON compared as text"] += 1
        return expected

    def valid(self, message):
        """A message of theirs means the same to us, in both formats and both directions."""
        encoded = canonical(message)
        ours = self.ask(message, "b", encoded)
        assert ours.accepted, ours
        assert canonical(type(message).FromString(ours.binary)) == encoded
        tree = self.json_of(message, ours)
        if tree is None:
            return
        text = json.dumps(tree, ensure_ascii=False)
        from_text = self.ask(message, "j", text.encode())
        assert from_text.accepted, (text, from_text)
        taken = canonical(type(message).FromString(from_text.binary))
        counts["messages compared"] += 1
        try:
            assert taken == canonical(json_format.Parse(text, type(message)())), text
        except json_format.ParseError as error:
            explained(deviations.text_taken(text, str(error), False), text)

    def damaged_bytes(self, message, payload):
        """Damaged bytes are refused by both, or mean the same to both."""
        try:
            theirs = type(message).FromString(payload)
        except DecodeError:
            theirs = None
        ours = self.ask(message, "b", payload)
        if theirs is None:
            counts["damaged bytes refused"] += 1
            if ours.accepted:
                explained(deviations.bytes_taken(payload), payload, ours)
            return
        assert ours.accepted, (payload, ours)
        counts["damaged bytes compared"] += 1
        if canonical(type(message).FromString(ours.binary)) != canonical(theirs):
            explained(deviations.messages_differ(theirs), payload, ours, canonical(theirs))
        elif not deviations.has_torn_entry(theirs):
            self.json_of(theirs, ours)

    def damaged_text(self, message, text, ignores):
        """A damaged text is refused by both, or means the same to both."""
        problem = ""
        try:
            theirs = json_format.Parse(text, type(message)(), ignore_unknown_fields=ignores)
        except Exception as error:
            theirs, problem = None, str(error)
        ours = self.ask(message, "i" if ignores else "j", text.encode())
        if theirs is None:
            counts["damaged texts refused"] += 1
            if ours.accepted:
                explained(deviations.text_taken(text, problem, ignores), text, ours, problem)
        elif not ours.accepted:
            explained(deviations.text_refused(text, ours.error), text, ignores, ours, theirs)
        else:
            counts["damaged texts compared"] += 1
            taken = canonical(type(message).FromString(ours.binary))
            if taken == canonical(theirs):
                return
            signed = json_format.Parse(deviations.with_signs(text), type(message)(), ignore_unknown_fields=ignores)
            if taken == canonical(signed):
                explained(deviations.MINUS)
                return
            refusal = self.ask(message, "j", text.encode()).error if ignores else None
            explained(deviations.values_differ(refusal), text, ignores, ours, theirs)


def any_float(tree):
    if isinstance(tree, dict):
        return any(any_float(value) for value in tree.values())
    if isinstance(tree, list):
        return any(any_float(value) for value in tree)
    return isinstance(tree, float)


def same(ours, theirs):
    """Equal JSON. A 32-bit number may have fewer digits with us: both are the same 32 bits, and Python stops short at six."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[name], theirs[name]) for name in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if ours != theirs and isinstance(ours, (int, float)) and isinstance(theirs, float) and len(repr(theirs).split("e")[0]) <= 11:
        return struct.pack("<f", ours) == struct.pack("<f", theirs)
    return ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)


@st.composite
def damaged_bytes(draw):
    message = draw(any_message())
    return message, draw(mutations.wire(message.SerializeToString()))


@st.composite
def damaged_text(draw):
    message = draw(any_message())
    try:
        tree = json_format.MessageToDict(message)
    except Exception:
        tree = {}
    fields = message.DESCRIPTOR.fields
    names = [field.json_name for field in fields] + [field.name for field in fields] + ["unknown"]
    return message, draw(mutations.text(tree, names)), draw(st.booleans())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", required=True, help="the program codecpeer")
    parser.add_argument("--protos", required=True, help="the folder that torture/v1/torture.proto is in")
    parser.add_argument("--examples", type=int, required=True, help="of each of the three comparisons")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    words = parser.parse_args()
    print(f"seed {words.seed}", flush=True)
    messages.CLASSES.update(messages.load(words.protos))
    peer = Peer(words.peer)
    comparison = Comparison(peer)
    properties = [
        (any_message(), comparison.valid),
        (damaged_bytes(), lambda pair: comparison.damaged_bytes(*pair)),
        (damaged_text(), lambda parts: comparison.damaged_text(*parts)),
    ]
    start = time.monotonic()
    for strategy, compare in properties:
        run(strategy, compare, words)
    peer.close()
    for what, count in sorted(counts.items()):
        print(f"{count:8} {what}")
    for reason, count in sorted(reasons.items()):
        print(f"{count:8} differences: {reason}")
    expected = ["messages compared", "JSON compared as text", "messages that have no JSON"]
    expected += [f"damaged {what} {outcome}" for what in ["bytes", "texts"] for outcome in ["refused", "compared"]]
    missing = [what for what in expected if not counts[what]]
    assert not missing, f"nothing was found of: {missing}"
    print(f"{3 * words.examples} examples held, in {time.monotonic() - start:.0f} s")


def run(strategy, compare, words):
    @hypothesis.seed(words.seed)
    @settings(max_examples=words.examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @hypothesis.given(strategy)
    def property(example):
        compare(example)

    property()


if __name__ == "__main__":
    sys.exit(main())
