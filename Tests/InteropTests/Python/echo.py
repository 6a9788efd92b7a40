"""bench.v1.Echo's messages and stub, which grpcio-tools generates in memory from the .proto (its root is in PYTHONPATH)."""

import grpc

_messages, _services = grpc.protos_and_services("bench/v1/echo.proto")

EchoRequest = _messages.EchoRequest
EchoStub = _services.EchoStub
