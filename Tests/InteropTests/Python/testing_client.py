"""gRPC's interoperability tests, by grpcio against our server; descriptions: grpc/doc/interop-test-descriptions.md."""

from queue import Queue

import checks
import grpc
from channels import expect, open_channel
from testing import REPLY_BYTES, REQUEST_BYTES, Empty, TestServiceStub, UnimplementedServiceStub, asking, messages

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


def large(random):
    return messages.SimpleRequest(response_size=314159, payload=messages.Payload(body=random.randbytes(271828)))


@checks.check("empty_unary")
def empty_unary(world):
    with open_channel(world) as channel:
        assert TestServiceStub(channel).EmptyCall(Empty()) == Empty()


@checks.check("large_unary")
def large_unary(world):
    with open_channel(world) as channel:
        reply = TestServiceStub(channel).UnaryCall(large(world.random()))
        assert reply.payload.body == bytes(314159)


@checks.check("client_compressed_unary, server_compressed_unary")
def compressed_unary(world):
    compressed, plain = messages.BoolValue(value=True), messages.BoolValue(value=False)
    payload = messages.Payload(body=bytes(271828))
    with open_channel(world) as channel:
        stub = TestServiceStub(channel)
        # The server has to look: what says that it is compressed, and is not, is refused.
        lie = messages.SimpleRequest(expect_compressed=compressed, response_size=314159, payload=payload)
        expect(lambda: stub.UnaryCall(lie), grpc.StatusCode.INVALID_ARGUMENT)
        for algorithm in [grpc.Compression.Gzip, grpc.Compression.Deflate]:
            for wanted in [compressed, plain]:
                request = messages.SimpleRequest(
                    expect_compressed=compressed, response_compressed=wanted, response_size=314159, payload=payload
                )
                reply = stub.UnaryCall(request, compression=algorithm)
                assert reply.payload.body == bytes(314159)
        request = messages.SimpleRequest(expect_compressed=plain, response_size=314159, payload=payload)
        assert len(stub.UnaryCall(request).payload.body) == 314159


@checks.check("client_compressed_streaming, server_compressed_streaming")
def compressed_streaming(world):
    requests = [
        messages.StreamingInputCallRequest(
            expect_compressed=messages.BoolValue(value=True), payload=messages.Payload(body=bytes(size))
        )
        for size in [27182, 45904]
    ]
    with open_channel(world) as channel:
        stub = TestServiceStub(channel)
        expect(lambda: stub.StreamingInputCall(iter(requests)), grpc.StatusCode.INVALID_ARGUMENT)
        reply = stub.StreamingInputCall(iter(requests), compression=grpc.Compression.Gzip)
        assert reply.aggregated_payload_size == 73086
        request = messages.StreamingOutputCallRequest(
            response_parameters=[
                messages.ResponseParameters(size=size, compressed=messages.BoolValue(value=flag))
                for size, flag in [(31415, True), (92653, False), (8, True)]
            ]
        )
        assert [len(reply.payload.body) for reply in stub.StreamingOutputCall(request)] == [31415, 92653, 8]


@checks.check("client_streaming")
def client_streaming(world):
    random = world.random()
    requests = [messages.StreamingInputCallRequest(payload=messages.Payload(body=random.randbytes(size))) for size in REQUEST_BYTES]
    with open_channel(world) as channel:
        assert TestServiceStub(channel).StreamingInputCall(iter(requests)).aggregated_payload_size == 74922


@checks.check("server_streaming")
def server_streaming(world):
    request = messages.StreamingOutputCallRequest(
        response_parameters=[messages.ResponseParameters(size=size, interval_us=500) for size in REPLY_BYTES]
    )
    with open_channel(world) as channel:
        sizes = [len(reply.payload.body) for reply in TestServiceStub(channel).StreamingOutputCall(request)]
        assert sizes == REPLY_BYTES, sizes


@checks.check("ping_pong, and half a duplex")
def ping_pong(world):
    random = world.random()
    with open_channel(world) as channel:
        requests = Queue()
        replies = TestServiceStub(channel).FullDuplexCall(iter(requests.get, None))
        for sent, wanted in zip(REQUEST_BYTES, REPLY_BYTES):
            requests.put(asking(wanted, random.randbytes(sent)))
            assert len(next(replies).payload.body) == wanted
        requests.put(None)
        assert list(replies) == []
        half = TestServiceStub(channel).HalfDuplexCall(iter([asking(size) for size in REPLY_BYTES]))
        assert [len(reply.payload.body) for reply in half] == REPLY_BYTES


@checks.check("empty_stream")
def empty_stream(world):
    with open_channel(world) as channel:
        assert list(TestServiceStub(channel).FullDuplexCall(iter([]))) == []


@checks.check("cancel_after_begin, cancel_after_first_response")
def cancel(world):
    with open_channel(world) as channel:
        requests = Queue()
        call = TestServiceStub(channel).StreamingInputCall.future(iter(requests.get, None))
        call.cancel()
        assert call.cancelled()
        requests.put(None)
        requests = Queue()
        replies = TestServiceStub(channel).FullDuplexCall(iter(requests.get, None))
        requests.put(asking(31415, bytes(27182)))
        assert len(next(replies).payload.body) == 31415
        replies.cancel()
        assert expect(lambda: next(replies), grpc.StatusCode.CANCELLED)
        requests.put(None)


@checks.check("timeout_on_sleeping_server")
def timeout(world):
    request = messages.StreamingOutputCallRequest(response_parameters=[messages.ResponseParameters(size=1, interval_us=60_000_000)])
    with open_channel(world) as channel:
        replies = TestServiceStub(channel).StreamingOutputCall(request, timeout=0.05)
        expect(lambda: next(replies), grpc.StatusCode.DEADLINE_EXCEEDED)


@checks.check("custom_metadata")
def custom_metadata(world):
    sent = [(INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab")]
    with open_channel(world) as channel:
        _, call = TestServiceStub(channel).UnaryCall.with_call(large(world.random()), metadata=sent)
        assert (INITIAL, "test_initial_metadata_value") in call.initial_metadata(), call.initial_metadata()
        assert (TRAILING, b"\xab\xab\xab") in call.trailing_metadata(), call.trailing_metadata()
        replies = TestServiceStub(channel).FullDuplexCall(iter([asking(8)]), metadata=sent)
        assert [len(reply.payload.body) for reply in replies] == [8]
        assert (INITIAL, "test_initial_metadata_value") in replies.initial_metadata()
        assert (TRAILING, b"\xab\xab\xab") in replies.trailing_metadata()


@checks.check("status_code_and_message, special_status_message")
def status(world):
    special = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
    with open_channel(world) as channel:
        for message in ["test status message", special]:
            wanted = messages.EchoStatus(code=2, message=message)
            stub = TestServiceStub(channel)
            error = expect(lambda: stub.UnaryCall(messages.SimpleRequest(response_status=wanted)), grpc.StatusCode.UNKNOWN)
            assert error.details() == message, repr(error.details())
            requests = iter([messages.StreamingOutputCallRequest(response_status=wanted)])
            error = expect(lambda: list(stub.FullDuplexCall(requests)), grpc.StatusCode.UNKNOWN)
            assert error.details() == message, repr(error.details())


@checks.check("unimplemented_method, unimplemented_service")
def unimplemented(world):
    with open_channel(world) as channel:
        expect(lambda: TestServiceStub(channel).UnimplementedCall(Empty()), grpc.StatusCode.UNIMPLEMENTED)
        expect(lambda: UnimplementedServiceStub(channel).UnimplementedCall(Empty()), grpc.StatusCode.UNIMPLEMENTED)


@checks.check("rpc_soak and channel_soak, with forty streams at once")
def soak(world):
    random = world.random()
    with open_channel(world) as channel:
        calls = [TestServiceStub(channel).UnaryCall.future(large(random)) for _ in range(40)]
        assert all(len(call.result().payload.body) == 314159 for call in calls)
    for _ in range(10):
        with open_channel(world) as channel:
            assert len(TestServiceStub(channel).UnaryCall(large(random)).payload.body) == 314159


checks.main()
