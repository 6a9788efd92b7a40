"""What grpcio sees when a call cannot go well; each time the same connection serves the next call."""

import checks
import grpc
from channels import expect, open_channel
from echo import EchoRequest, EchoStub
from payloads import KIB, LARGEST, MIB, same

NEVER_MS = 2_000_000_000


def assert_serves(channel, world):
    payload = world.random().randbytes(MIB)
    same(EchoStub(channel).Unary(EchoRequest(payload=payload)).payload, payload)


@checks.check("unknown methods and services are UNIMPLEMENTED, of every kind, however much is sent to them")
def unimplemented(world):
    body = bytes(100 * KIB)
    with open_channel(world) as channel:
        for path in ["/bench.v1.Echo/Missing", "/bench.v1.Missing/Unary", "/", "/bench.v1.Echo", "/bench.v1.Echo/Unary/", "//"]:
            expect(lambda: channel.unary_unary(path)(body), grpc.StatusCode.UNIMPLEMENTED, path)
        for _ in range(50):
            call = channel.stream_stream("/bench.v1.Echo/Missing")
            expect(lambda: list(call(iter([body] * 10))), grpc.StatusCode.UNIMPLEMENTED)
        assert_serves(channel, world)


@checks.check("a deadline that passes is DEADLINE_EXCEEDED")
def deadline(world):
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        expect(lambda: stub.Unary(EchoRequest(delay_ms=NEVER_MS), timeout=0.05), grpc.StatusCode.DEADLINE_EXCEEDED)
        expect(lambda: list(stub.ServerStream(EchoRequest(payload=b"x", count=NEVER_MS), timeout=0.05)), grpc.StatusCode.DEADLINE_EXCEEDED)
        assert_serves(channel, world)


@checks.check("a cancelled call is CANCELLED, while it waits and while it streams")
def cancel(world):
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        for _ in range(20):
            waiting = stub.Unary.future(EchoRequest(delay_ms=NEVER_MS))
            endless = stub.ServerStream(EchoRequest(payload=bytes(KIB), count=NEVER_MS))
            for _ in range(100):
                next(endless)
            waiting.cancel()
            endless.cancel()
            assert waiting.code() == grpc.StatusCode.CANCELLED
            assert endless.code() == grpc.StatusCode.CANCELLED
        assert_serves(channel, world)


@checks.check("streams cancelled in the middle of a message give their window back")
def cancel_uploads(world):
    # 40 × 200 KiB is twice the connection's window.
    with open_channel(world) as channel:
        for _ in range(40):
            requests = iter([EchoRequest(payload=bytes(50 * KIB))] * 4)
            replies = EchoStub(channel).BidiStream(requests)
            next(replies)
            replies.cancel()
        assert_serves(channel, world)


@checks.check("a message over 4 MiB is RESOURCE_EXHAUSTED, one of 4 MiB is not")
def too_large(world):
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        for size in [LARGEST + 1, 6 * MIB, 30 * MIB]:
            request = EchoRequest(payload=bytes(size))
            expect(lambda: stub.Unary(request), grpc.StatusCode.RESOURCE_EXHAUSTED, "4194304")
            expect(lambda: list(stub.BidiStream(iter([request]))), grpc.StatusCode.RESOURCE_EXHAUSTED, "4194304")
        assert len(stub.Unary(EchoRequest(payload=bytes(LARGEST))).payload) == LARGEST


@checks.check("a joined reply over 4 MiB is RESOURCE_EXHAUSTED")
def too_large_reply(world):
    with open_channel(world) as channel:
        requests = iter([EchoRequest(payload=bytes(MIB))] * 5)
        expect(lambda: EchoStub(channel).ClientStream(requests), grpc.StatusCode.RESOURCE_EXHAUSTED, "4194304")
        assert_serves(channel, world)


@checks.check("a compressed call is served, and refused when it unpacks to more than 4 MiB")
def compressed(world):
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        for compression in [grpc.Compression.Gzip, grpc.Compression.Deflate]:
            request = EchoRequest(payload=bytes(100 * KIB))
            same(stub.Unary(request, compression=compression).payload, request.payload)
            bomb = EchoRequest(payload=bytes(LARGEST + 1))
            expect(lambda: stub.Unary(bomb, compression=compression), grpc.StatusCode.RESOURCE_EXHAUSTED, "4194304")
        assert_serves(channel, world)


@checks.check("bytes that are no EchoRequest are INTERNAL")
def garbage(world):
    with open_channel(world) as channel:
        for message in [b"\xff", b"\x0a\x05abc", b"\x10", b"\x0b"]:
            expect(lambda: channel.unary_unary("/bench.v1.Echo/Unary")(message), grpc.StatusCode.INTERNAL)
            expect(lambda: channel.stream_unary("/bench.v1.Echo/ClientStream")(iter([message])), grpc.StatusCode.INTERNAL)
        assert_serves(channel, world)


@checks.check("a unary method that gets no message, or two, is UNIMPLEMENTED")
def cardinality(world):
    with open_channel(world) as channel:
        method = channel.stream_unary("/bench.v1.Echo/Unary")
        for messages in [[], [b"", b""]]:
            expect(lambda: method(iter(messages)), grpc.StatusCode.UNIMPLEMENTED, "exactly one")
        assert_serves(channel, world)


@checks.check("fields that EchoRequest does not have are let through")
def unknown_fields(world):
    with open_channel(world) as channel:
        assert channel.unary_unary("/bench.v1.Echo/Unary")(b"\x0a\x01x\xf8\x07\x01") == b"\x0a\x01x"


checks.main()
