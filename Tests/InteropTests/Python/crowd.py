"""Hundreds of calls at once, of all kinds, over several connections."""

from concurrent.futures import ThreadPoolExecutor

import checks
from channels import open_channel
from echo import EchoRequest, EchoStub
from payloads import KIB, same

CONNECTIONS = 6
CALLS_PER_CONNECTION = 150


def unary(stub, payloads):
    same(stub.Unary(EchoRequest(payload=payloads[0])).payload, payloads[0])


def server_stream(stub, payloads):
    request = EchoRequest(payload=payloads[0], count=len(payloads))
    for reply in stub.ServerStream(request):
        same(reply.payload, payloads[0])


def client_stream(stub, payloads):
    requests = iter([EchoRequest(payload=payload) for payload in payloads])
    same(stub.ClientStream(requests).payload, b"".join(payloads))


def bidi_stream(stub, payloads):
    requests = iter([EchoRequest(payload=payload) for payload in payloads])
    replies = [reply.payload for reply in stub.BidiStream(requests)]
    assert len(replies) == len(payloads)
    for reply, payload in zip(replies, payloads):
        same(reply, payload)


KINDS = [unary, unary, unary, server_stream, client_stream, bidi_stream]


def payloads_of_one_call(random):
    return [random.randbytes(random.choice([0, 20, KIB, 40 * KIB])) for _ in range(random.randint(1, 8))]


@checks.check(f"{CONNECTIONS * CALLS_PER_CONNECTION} calls of all kinds over {CONNECTIONS} connections give back what they were given")
def mixed(world):
    random = world.random()
    channels = [open_channel(world) for _ in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS * 40) as threads:
        calls = [
            threads.submit(random.choice(KINDS), EchoStub(channel), payloads_of_one_call(random))
            for _ in range(CALLS_PER_CONNECTION)
            for channel in channels
        ]
        for call in calls:
            call.result()
    for channel in channels:
        channel.close()


@checks.check("500 unary calls wait at once on one connection, more than it may have open, and all are answered")
def waiting(world):
    with open_channel(world) as channel:
        calls = [EchoStub(channel).Unary.future(EchoRequest(payload=b"%d" % index, delay_ms=50)) for index in range(500)]
        for index, call in enumerate(calls):
            assert call.result().payload == b"%d" % index


checks.main()
