"""Random payloads, and proof that they came back whole."""

import hashlib

KIB = 1024
MIB = 1024 * KIB

# Around what could go wrong: nothing, one byte, a varint's steps, a frame, a TLS record, a stream's window, two of them.
SIZES = [0, 1, 20, 127, 128, 16383, 16384, 16385, 64 * KIB - 1, 64 * KIB, 256 * KIB, 256 * KIB + 1, MIB]

# A payload that makes an EchoRequest or an EchoReply of exactly 4 MiB: one tag byte and four of length come on top.
LARGEST = 4 * MIB - 5


def same(received, sent):
    """Compares digests, so that a failure prints lengths and not megabytes."""
    assert digest(received) == digest(sent), f"{len(received)} bytes came back for {len(sent)}"


def digest(payload):
    return hashlib.sha256(payload).hexdigest()
