"""Flow control: a slow reader holds up nobody but itself, and what is read makes room."""

import checks
from channels import open_channel
from echo import EchoRequest, EchoStub
from payloads import KIB, MIB, same


@checks.check("a stream of 64 MiB that is not read holds up no other call of its connection, and loses nothing")
def slow_reader(world):
    payload = world.random().randbytes(64 * KIB)
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        slow = stub.ServerStream(EchoRequest(payload=payload, count=1024))
        same(next(slow).payload, payload)
        for _ in range(50):
            same(stub.Unary(EchoRequest(payload=payload)).payload, payload)
        count = 1
        for reply in slow:
            same(reply.payload, payload)
            count += 1
        assert count == 1024, count


@checks.check("an upload of 32 MiB in one stream, eight times a connection's window, passes")
def upload(world):
    payload = world.random().randbytes(MIB)
    with open_channel(world) as channel:
        replies = EchoStub(channel).BidiStream(iter([EchoRequest(payload=payload)] * 32))
        count = 0
        for reply in replies:
            same(reply.payload, payload)
            count += 1
        assert count == 32, count


@checks.check("a server whose replies nobody reads takes no memory for them")
def unread_replies(world):
    def resident():
        with open(f"/proc/{world.pid}/status") as status:
            return next(int(line.split()[1]) * KIB for line in status if line.startswith("VmRSS:"))

    payload = world.random().randbytes(32 * KIB)
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        same(stub.Unary(EchoRequest(payload=payload)).payload, payload)
        before = resident()
        streams = [stub.ServerStream(EchoRequest(payload=payload, count=1_000_000)) for _ in range(20)]
        for stream in streams:
            same(next(stream).payload, payload)
        for _ in range(20):
            same(stub.Unary(EchoRequest(payload=payload)).payload, payload)
        grown = resident() - before
        # 20 × 32 GB were asked for; each stream may hold its 64 KiB and a message or two.
        assert grown < 32 * MIB, grown
        for stream in streams:
            stream.cancel()


checks.main()
