"""What a peer may send that means harm or is broken: it gets its documented answer, and the server goes on."""

import checks
from h2.errors import ErrorCodes
from wire import Wire, assert_echoed, assert_serves, connect, message, request, send_and_read

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


@checks.check("what is not gRPC gets an HTTP status: 415 for a content type, 405 for a method")
def not_grpc(world):
    for status, headers in [
        ("415", request(content_type="application/json")),
        ("415", request(content_type="application/grpc+json")),
        ("415", request(content_type="application/grpcx")),
        ("415", [pair for pair in request() if pair[0] != "content-type"]),
        ("405", request(method="GET")),
        ("405", request(method="PUT")),
    ]:
        with Wire(world) as wire:
            reply = wire.call(headers=headers)
            assert reply.headers[":status"] == status, (headers, reply.headers)
            assert "grpc-status" not in reply.headers
            assert 0 < len(reply.data) < 200 and reply.headers["content-length"] == str(len(reply.data))
            assert_echoed(wire.call(), b"x")


@checks.check("a malformed grpc-timeout is INTERNAL")
def malformed_timeout(world):
    with Wire(world) as wire:
        for text in ["", "1", "S", "123456789S", "-1S", "1 S", "1.5S", "1s", "\xb2S"]:
            assert wire.call(headers=request(grpc_timeout=text)).status == "13", text
        assert_echoed(wire.call(), b"x")


@checks.check("a prefix over the limit is RESOURCE_EXHAUSTED before a byte of its message comes")
def long_prefix(world):
    with Wire(world) as wire:
        for length in [4 * 1024 * 1024 + 1, 2**31, 2**32 - 1]:
            stream = wire.open()
            wire.send(stream, message(b"", claim=length)[:5])
            assert wire.reply(stream).status == "8", length
        assert_echoed(wire.call(), b"x")


@checks.check("a message that ends early, flags that are not defined and compression that was not announced are INTERNAL")
def broken_messages(world):
    whole = message(b"whole")
    with Wire(world) as wire:
        for body in [whole[:1], whole[:4], whole[:5], whole[:-1], b"\x02" + whole[1:], b"\xff" + whole[1:], b"\x01" + whole[1:]]:
            stream = wire.open()
            wire.send(stream, body, end=True)
            assert wire.reply(stream).status == "13", body
        assert_echoed(wire.call(), b"x")


@checks.check("streams reset in the middle of a message leave the connection as it was")
def resets(world):
    with Wire(world) as wire:
        for _ in range(100):
            stream = wire.open()
            wire.send(stream, message(b"never", claim=100_000))
            wire.h2.reset_stream(stream, ErrorCodes.CANCEL)
            wire.flush()
        assert_echoed(wire.call(), b"x")


@checks.check("a client that resets without end loses its connection, and nobody else does")
def rapid_reset(world):
    with Wire(world) as other, Wire(world) as wire:
        try:
            for _ in range(2000):
                stream = wire.open()
                wire.h2.reset_stream(stream, ErrorCodes.CANCEL)
                wire.flush()
        except OSError:
            pass
        wire.until(lambda: False)
        assert wire.closed
        assert_echoed(other.call(), b"x")


@checks.check("a header section without end ends its connection, and takes no memory")
def header_bomb(world):
    def resident():
        with open(f"/proc/{world.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))

    # RFC 7541: one literal of 4000 bytes into the dynamic table, then references to it of one byte each.
    literal = b"\x40\x01a\x7f\xa1\x1e" + b"v" * 4000
    bomb = literal + b"\xbe" * 12_000
    before = resident()
    for _ in range(20):
        connection = connect(world)
        send_and_read(connection, PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 1, bomb))
    assert resident() - before < 16 * 1024 * 1024
    assert_serves(world)


@checks.check("bytes that are no HTTP/2 end their connection only")
def no_http2(world):
    random = world.random()
    for data in [b"", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", PREFACE[:10], PREFACE + random.randbytes(5000), random.randbytes(5000)]:
        send_and_read(connect(world), data)
    assert_serves(world)


@checks.check("conversations with bytes changed, left out and doubled end their connection at worst")
def mutations(world):
    random = world.random()
    wire = Wire(world)
    recorded = b""
    for payload in [b"one", b"two", b"three"]:
        stream = wire.h2.get_next_available_stream_id()
        wire.h2.send_headers(stream, request())
        wire.h2.send_data(stream, message(payload), end_stream=True)
        recorded += wire.h2.data_to_send()
    wire.socket.close()
    start = PREFACE + frame(4, 0, 0, b"")
    for _ in range(300):
        data = bytearray(recorded)
        for _ in range(random.randint(1, 8)):
            place = random.randrange(len(data))
            match random.randrange(4):
                case 0:
                    data[place] = random.randrange(256)
                case 1:
                    data[place] ^= 1 << random.randrange(8)
                case 2:
                    del data[place : place + random.randrange(1, 20)]
                case 3:
                    data[place:place] = data[place : place + random.randrange(1, 20)]
        send_and_read(connect(world), start + bytes(data))
    assert_serves(world)


checks.main()
