"""Metadata both ways. The server sends back what is named echo-head… and echo-trailer…"""

import checks
import grpc
from channels import expect, open_channel
from echo import EchoRequest, EchoStub

HEAD = [("echo-head", "first"), ("echo-head-bin", bytes(range(256))), ("echo-head", "second, with a comma")]
TRAILER = [("echo-trailer-bin", b""), ("echo-trailer-bin", b"\x00\xff"), ("echo-trailer", " ~".strip())]


def echoed(metadata):
    return [(name, value) for name, value in metadata if name.startswith("echo-")]


def assert_same(received, sent):
    """Order counts among values of one name only (RFC 9110, 5.3)."""
    received = echoed(received)
    for name in {name for name, _ in received + sent}:
        one = [value for key, value in received if key == name]
        other = [value for key, value in sent if key == name]
        assert one == other, f"{name}: {one} for {other}"


@checks.check("a unary call's metadata comes back before and behind its reply")
def unary(world):
    with open_channel(world) as channel:
        reply, call = EchoStub(channel).Unary.with_call(EchoRequest(payload=b"x"), metadata=HEAD + TRAILER)
        assert reply.payload == b"x"
        assert_same(call.initial_metadata(), HEAD)
        assert_same(call.trailing_metadata(), TRAILER)


@checks.check("a stream's metadata comes back before and behind its replies")
def stream(world):
    with open_channel(world) as channel:
        for count in [0, 1, 100]:
            call = EchoStub(channel).ServerStream(EchoRequest(payload=b"x", count=count), metadata=HEAD + TRAILER)
            assert len(list(call)) == count
            assert_same(call.initial_metadata(), HEAD)
            assert_same(call.trailing_metadata(), TRAILER)


@checks.check("trailers come with an error, too")
def error(world):
    with open_channel(world) as channel:
        method = channel.unary_unary("/bench.v1.Echo/Missing")
        failed = expect(lambda: method(b"", metadata=HEAD + TRAILER), grpc.StatusCode.UNIMPLEMENTED)
        assert_same(failed.trailing_metadata(), TRAILER)


@checks.check("7 KiB of metadata pass, and so do many small pairs")
def large(world):
    with open_channel(world) as channel:
        for metadata in [[("echo-head", "v" * 7 * 1024)], [(f"echo-head-{index}", str(index)) for index in range(100)]]:
            _, call = EchoStub(channel).Unary.with_call(EchoRequest(), metadata=metadata)
            assert_same(call.initial_metadata(), metadata)


@checks.check("metadata over the limit is RESOURCE_EXHAUSTED, which names the largest, and the connection goes on")
def too_large(world):
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        for _ in range(3):
            metadata = [("small", "v"), ("big-one", "v" * 9 * 1024)]
            expect(lambda: stub.Unary(EchoRequest(), metadata=metadata), grpc.StatusCode.RESOURCE_EXHAUSTED, "big-one")
            assert stub.Unary(EchoRequest(payload=b"x")).payload == b"x"


checks.main()
