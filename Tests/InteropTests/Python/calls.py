"""The four kinds of call, by grpcio."""

from queue import Queue
from time import monotonic

import checks
from channels import open_channel
from echo import EchoRequest, EchoStub
from payloads import LARGEST, SIZES, same


@checks.check("a unary call gives back its payload, of every size up to the limit")
def unary(world):
    random = world.random()
    with open_channel(world) as channel:
        for size in SIZES + [LARGEST]:
            payload = random.randbytes(size)
            same(EchoStub(channel).Unary(EchoRequest(payload=payload)).payload, payload)


@checks.check("a unary call waits as long as it is asked to")
def delay(world):
    with open_channel(world) as channel:
        begin = monotonic()
        reply = EchoStub(channel).Unary(EchoRequest(payload=b"later", delay_ms=20))
        assert reply.payload == b"later"
        assert monotonic() - begin >= 0.020


@checks.check("a server stream gives as many replies as were asked for, none included")
def server_stream(world):
    random = world.random()
    with open_channel(world) as channel:
        for count, size in [(0, 10), (1, 10), (1000, 100), (20, 256 * 1024)]:
            payload = random.randbytes(size)
            replies = list(EchoStub(channel).ServerStream(EchoRequest(payload=payload, count=count)))
            assert len(replies) == count, len(replies)
            for reply in replies:
                same(reply.payload, payload)


@checks.check("a client stream gives one reply with all payloads joined, none included")
def client_stream(world):
    random = world.random()
    with open_channel(world) as channel:
        for sizes in [[], [0], [5, 0, 7], [1000] * 500, [256 * 1024] * 12]:
            payloads = [random.randbytes(size) for size in sizes]
            reply = EchoStub(channel).ClientStream(iter([EchoRequest(payload=payload) for payload in payloads]))
            same(reply.payload, b"".join(payloads))


@checks.check("a bidirectional stream answers each request before the next is sent")
def ping_pong(world):
    random = world.random()
    requests = Queue()
    with open_channel(world) as channel:
        replies = EchoStub(channel).BidiStream(iter(requests.get, None))
        for size in SIZES:
            payload = random.randbytes(size)
            requests.put(EchoRequest(payload=payload))
            same(next(replies).payload, payload)
        requests.put(None)
        assert list(replies) == []


@checks.check("a bidirectional stream gives one reply for each of many requests, in order")
def bidi_stream(world):
    random = world.random()
    payloads = [random.randbytes(random.randrange(4096)) for _ in range(1000)]
    with open_channel(world) as channel:
        replies = EchoStub(channel).BidiStream(iter([EchoRequest(payload=payload) for payload in payloads]))
        received = [reply.payload for reply in replies]
    assert len(received) == len(payloads), len(received)
    for one, other in zip(received, payloads):
        same(one, other)


checks.main()
