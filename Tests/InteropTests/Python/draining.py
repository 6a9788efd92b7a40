"""SIGTERM to a server with calls in flight: they end well, new ones are refused, and the server goes."""

import os
import signal
from queue import Queue

import checks
import grpc
from channels import failure, open_channel
from echo import EchoRequest, EchoStub
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub


@checks.check("calls in flight end well after SIGTERM, and a new one is UNAVAILABLE")
def drain(world):
    requests = Queue()
    with open_channel(world) as channel:
        stub = EchoStub(channel)
        replies = stub.BidiStream(iter(requests.get, None))
        requests.put(EchoRequest(payload=b"before"))
        assert next(replies).payload == b"before"

        statuses = HealthStub(channel).Watch(HealthCheckRequest())
        assert next(statuses).status == HealthCheckResponse.SERVING

        os.kill(world.pid, signal.SIGTERM)
        assert [reply.status for reply in statuses] == [HealthCheckResponse.NOT_SERVING]
        # New calls are served until the GOAWAY is here, and refused from then on.
        while True:
            try:
                stub.Unary(EchoRequest())
            except grpc.RpcError as error:
                assert error.code() == grpc.StatusCode.UNAVAILABLE, error
                break

        for index in range(100):
            requests.put(EchoRequest(payload=b"%d" % index))
            assert next(replies).payload == b"%d" % index
        requests.put(None)
        assert list(replies) == []
        assert replies.code() == grpc.StatusCode.OK
    with open_channel(world) as channel:
        assert failure(lambda: EchoStub(channel).Unary(EchoRequest())).code() == grpc.StatusCode.UNAVAILABLE


checks.main()
