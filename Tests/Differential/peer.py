"""Our side: the program codecpeer, asked over a pipe."""

import struct
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What became of a payload: the message again (map entries sorted) and its JSON, or the error's sentence."""

    error: str | None
    binary: bytes | None = None
    text: str | None = None
    text_error: str | None = None

    @property
    def accepted(self):
        return self.error is None


class Peer:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, kind, form, payload):
        """Outcomes of the generated type and of DynamicMessage. `form` is b, j or i, as codecpeer has it."""
        block = kind.encode() + b"\0" + form.encode() + payload
        self.process.stdin.write(struct.pack("<I", len(block)) + block)
        self.process.stdin.flush()
        head = self.process.stdout.read(4)
        if len(head) < 4:
            raise AssertionError(f"codecpeer ended with {self.process.wait()} at {kind} {form} {payload!r}")
        answer = self.process.stdout.read(struct.unpack("<I", head)[0])
        generated, rest = outcome(answer)
        dynamic, rest = outcome(rest)
        assert rest == b""
        return generated, dynamic

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def outcome(answer):
    kind, content, rest = block(answer)
    if kind == b"e":
        return Outcome(content.decode()), rest
    text_kind, text, rest = block(rest)
    if text_kind == b"t":
        return Outcome(None, content, text.decode()), rest
    return Outcome(None, content, None, text.decode()), rest


def block(answer):
    (length,) = struct.unpack("<I", answer[1:5])
    return answer[:1], answer[5 : 5 + length], answer[5 + length :]
