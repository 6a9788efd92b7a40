"""grpc.testing's messages and services, which grpcio-tools generates in memory from the .proto files (their root is in PYTHONPATH)."""

import sys

import grpc

# Their package, grpc.testing, begins like that of the library: what is imported from it is looked for in both places.
grpc.__path__.extend(f"{folder}/grpc" for folder in sys.path if "Proto" in folder)

_messages, _services = grpc.protos_and_services("grpc/testing/test.proto")
messages = grpc.protos("grpc/testing/messages.proto")
Empty = grpc.protos("grpc/testing/empty.proto").Empty

TestServiceStub = _services.TestServiceStub
TestServiceServicer = _services.TestServiceServicer
add_TestServiceServicer_to_server = _services.add_TestServiceServicer_to_server
UnimplementedServiceStub = _services.UnimplementedServiceStub

REQUEST_BYTES = [27182, 8, 1828, 45904]
REPLY_BYTES = [31415, 9, 2653, 58979]


def asking(size, payload=b""):
    """A request of a stream that asks for one reply of that size."""
    return messages.StreamingOutputCallRequest(
        response_parameters=[messages.ResponseParameters(size=size)], payload=messages.Payload(body=payload)
    )
