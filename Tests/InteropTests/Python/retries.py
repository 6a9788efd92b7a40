"""What grpcio's client makes of our server's failures with a service config of its own (gRFC A6): metadata `fail-attempts` has the server
fail that many attempts, with a pushback if `fail-pushback-ms` says one. Its trailer `attempts-seen` has how many there were before."""

import json
import time

import checks
import grpc
from channels import failure, open_channel
from echo import EchoRequest, EchoStub


def config(backoff, attempts=4):
    policy = {
        "maxAttempts": attempts,
        "initialBackoff": backoff,
        "maxBackoff": backoff,
        "backoffMultiplier": 1,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return ("grpc.service_config", json.dumps({"methodConfig": [{"name": [{"service": "bench.v1.Echo"}], "retryPolicy": policy}]}))


def asking(attempts, pushback=None):
    metadata = [("fail-attempts", str(attempts))]
    return metadata if pushback is None else metadata + [("fail-pushback-ms", str(pushback))]


def seen(call):
    return int(dict(call.trailing_metadata())["attempts-seen"])


@checks.check("a call that fails twice is made three times, and each says how often it was made before")
def backoff(world):
    with open_channel(world, [config("0.01s")]) as channel:
        reply, call = EchoStub(channel).Unary.with_call(EchoRequest(payload=b"x"), metadata=asking(2), timeout=120)
        assert reply.payload == b"x" and seen(call) == 2, call.trailing_metadata()


@checks.check("streams, too, which is before their first reply")
def stream(world):
    with open_channel(world, [config("0.01s")]) as channel:
        call = EchoStub(channel).ServerStream(EchoRequest(payload=b"x", count=5), metadata=asking(3), timeout=120)
        assert len(list(call)) == 5 and seen(call) == 3, call.trailing_metadata()
        requests = iter([EchoRequest(payload=b"a"), EchoRequest(payload=b"b")])
        reply, call = EchoStub(channel).ClientStream.with_call(requests, metadata=asking(1), timeout=120)
        assert reply.payload == b"ab" and seen(call) == 1, call.trailing_metadata()


@checks.check("after the last attempt its status is the call's")
def exhausted(world):
    with open_channel(world, [config("0.01s", attempts=3)]) as channel:
        error = failure(lambda: EchoStub(channel).Unary(EchoRequest(), metadata=asking(10), timeout=120))
        assert error.code() == grpc.StatusCode.UNAVAILABLE and seen(error) == 2, error
        assert "attempt 3 fails" in error.details(), error.details()


@checks.check("our pushback goes before the client's own backoff, which would be hours")
def pushback(world):
    with open_channel(world, [config("7200s")]) as channel:
        began = time.monotonic()
        reply, call = EchoStub(channel).Unary.with_call(EchoRequest(payload=b"x"), metadata=asking(2, 150), timeout=120)
        assert reply.payload == b"x" and seen(call) == 2, call.trailing_metadata()
        assert time.monotonic() - began >= 0.3


@checks.check("a negative pushback means that the call is not made again")
def never(world):
    with open_channel(world, [config("0.01s")]) as channel:
        error = failure(lambda: EchoStub(channel).Unary(EchoRequest(), metadata=asking(2, -1), timeout=120))
        assert error.code() == grpc.StatusCode.UNAVAILABLE and seen(error) == 0, error


checks.main()
