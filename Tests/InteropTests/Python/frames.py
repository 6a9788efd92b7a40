"""Frames as no gRPC library would send them, though HTTP/2 allows each."""

import checks
from h2.errors import ErrorCodes
from h2.events import PingAckReceived, SettingsAcknowledged
from wire import Wire, assert_echoed, message, request


@checks.check("a message that comes byte by byte, each in a padded frame, is one message")
def byte_by_byte(world):
    with Wire(world) as wire:
        stream = wire.open()
        for byte in message(b"patience"):
            wire.send(stream, bytes([byte]), pad=200)
        wire.send(stream, b"", end=True)
        assert_echoed(wire.reply(stream), b"patience")


@checks.check("padding comes back as window, on the stream and on the connection")
def padding(world):
    # 40000 × 256 bytes are more than twice the connection's window, nearly all of it padding.
    with Wire(world) as wire:
        stream = wire.open(request("/bench.v1.Echo/ClientStream"))
        for _ in range(40_000):
            wire.until(lambda: wire.h2.local_flow_control_window(stream) >= 300)
            wire.send(stream, b"\0\0\0\0\0", pad=250)
        wire.send(stream, b"", end=True)
        reply = wire.reply(stream)
        assert reply.status == "0" and reply.data == b"\0\0\0\0\0", reply.headers


@checks.check("a header section of a hundred fields is read, and trailers behind the request, too")
def trailers(world):
    with Wire(world) as wire:
        stream = wire.open(request() + [(f"x-{index}", "y" * 20) for index in range(100)])
        wire.send(stream, message(b"with trailers"))
        wire.h2.send_headers(stream, [("x-checksum", "1")], end_stream=True)
        wire.flush()
        assert_echoed(wire.reply(stream), b"with trailers")


@checks.check("a reply trickles through a window of one byte")
def small_window(world):
    with Wire(world, window=0, acknowledges=False) as wire:
        stream = wire.open()
        wire.send(stream, message(b"narrow"), end=True)
        reply = wire.replies[stream]
        wire.until(lambda: reply.headers)
        for count in range(len(message(b"narrow"))):
            assert len(reply.data) == count
            wire.h2.increment_flow_control_window(1, stream)
            wire.flush()
            wire.until(lambda: len(reply.data) > count)
        assert_echoed(wire.reply(stream), b"narrow")


@checks.check("PING and SETTINGS are acknowledged on a connection that has no call")
def idle(world):
    with Wire(world) as wire:
        wire.until(lambda: wire.saw(SettingsAcknowledged))
        wire.h2.ping(b"12345678")
        wire.flush()
        wire.until(lambda: wire.saw(PingAckReceived))
        assert wire.saw(SettingsAcknowledged) and wire.saw(PingAckReceived)


@checks.check("the server ends a call at its grpc-timeout by itself")
def timeout(world):
    with Wire(world) as wire:
        # delay_ms is 2,000,000,000.
        body = b"\x10\x80\xa8\xd6\xb9\x07"
        for text in ["30m", "30000u", "30000000n", "0S"]:
            stream = wire.open(request(grpc_timeout=text))
            wire.send(stream, b"\0\0\0\0" + bytes([len(body)]) + body, end=True)
            assert wire.reply(stream).status == "4", text


@checks.check("a reply before the end of its request ends with RST_STREAM NO_ERROR")
def early_reply(world):
    with Wire(world) as wire:
        stream = wire.open(request("/bench.v1.Echo/Missing"))
        reply = wire.replies[stream]
        wire.until(lambda: reply.reset is not None)
        assert reply.status == "12" and reply.reset == ErrorCodes.NO_ERROR, (reply.headers, reply.reset)
        assert_echoed(wire.call(), b"x")


checks.main()
