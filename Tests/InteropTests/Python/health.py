"""grpc.health.v1, by grpcio-health-checking."""

import checks
import grpc
from channels import expect, open_channel
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse, HealthListRequest
from grpc_health.v1.health_pb2_grpc import HealthStub


@checks.check("the server and its service are SERVING")
def serving(world):
    with open_channel(world) as channel:
        for service in ["", "bench.v1.Echo"]:
            assert HealthStub(channel).Check(HealthCheckRequest(service=service)).status == HealthCheckResponse.SERVING


@checks.check("an unknown service is NOT_FOUND")
def unknown(world):
    with open_channel(world) as channel:
        expect(lambda: HealthStub(channel).Check(HealthCheckRequest(service="x.Missing")), grpc.StatusCode.NOT_FOUND, "x.Missing")


@checks.check("all are listed (gRFC A90)")
def listed(world):
    with open_channel(world) as channel:
        statuses = HealthStub(channel).List(HealthListRequest()).statuses
        assert {name: reply.status for name, reply in statuses.items()} == {
            "": HealthCheckResponse.SERVING,
            "bench.v1.Echo": HealthCheckResponse.SERVING,
        }


@checks.check("a watcher is told the status at once, SERVICE_UNKNOWN if there is none, and may leave")
def watch(world):
    with open_channel(world) as channel:
        for service, status in [("", HealthCheckResponse.SERVING), ("x.Missing", HealthCheckResponse.SERVICE_UNKNOWN)]:
            statuses = HealthStub(channel).Watch(HealthCheckRequest(service=service))
            assert next(statuses).status == status
            statuses.cancel()


checks.main()
