"""Calls with no .proto at hand: descriptors come from the server, by grpcio-reflection.

That speaks v1alpha only; for v1 it has another path to call, since the two differ in nothing but their names."""

import checks
import grpc
from channels import open_channel
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

VERSIONS = ["v1", "v1alpha"]
SERVICES = [
    "bench.v1.Echo",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
]


class Stub:
    def __init__(self, channel, version):
        self.ServerReflectionInfo = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )


def database(channel, version):
    found = ProtoReflectionDescriptorDatabase(channel)
    assert hasattr(found, "_stub")
    found._stub = Stub(channel, version)
    return found


def essence(file):
    """What protoc leaves of a descriptor in the code that it generates: no names for JSON, and no source."""
    found = FileDescriptorProto()
    file.CopyToProto(found)
    found.ClearField("source_code_info")
    for message in found.message_type:
        for field in message.field:
            field.ClearField("json_name")
    return found


@checks.check("the services are listed, all of them and no other")
def services(world):
    with open_channel(world) as channel:
        for version in VERSIONS:
            assert sorted(database(channel, version).get_services()) == SERVICES, version


@checks.check("a method found by reflection can be called")
def call(world):
    with open_channel(world) as channel:
        for version in VERSIONS:
            pool = DescriptorPool(database(channel, version))
            method = pool.FindServiceByName("bench.v1.Echo").FindMethodByName("Unary")
            request, reply = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
            stub = channel.unary_unary("/bench.v1.Echo/Unary", request.SerializeToString, reply.FromString)
            assert stub(request(payload=b"found")).payload == b"found"


@checks.check("a file is what protoc makes of it, whichever way it is asked for")
def files(world):
    name = "bench/v1/echo.proto"
    expected = essence(grpc.protos(name).DESCRIPTOR)
    with open_channel(world) as channel:
        for version in VERSIONS:
            pool = DescriptorPool(database(channel, version))
            for file in [
                pool.FindFileByName(name),
                pool.FindFileContainingSymbol("bench.v1.EchoReply"),
                pool.FindServiceByName("bench.v1.Echo").file,
                pool.FindMessageTypeByName("bench.v1.EchoRequest").file,
            ]:
                assert essence(file) == expected, f"{version}: {essence(file)}"


@checks.check("the services of every file are there, with the kinds of their methods")
def kinds(world):
    with open_channel(world) as channel:
        for version in VERSIONS:
            pool = DescriptorPool(database(channel, version))
            kinds = {
                (service, method.name): (method.client_streaming, method.server_streaming)
                for service in SERVICES
                for method in pool.FindServiceByName(service).methods
            }
            assert kinds["bench.v1.Echo", "Unary"] == (False, False)
            assert kinds["bench.v1.Echo", "ClientStream"] == (True, False)
            assert kinds["grpc.health.v1.Health", "Watch"] == (False, True)
            assert kinds["grpc.health.v1.Health", "List"] == (False, False)
            assert kinds[f"grpc.reflection.{version}.ServerReflection", "ServerReflectionInfo"] == (True, True)


@checks.check("what nobody declares is not found")
def missing(world):
    with open_channel(world) as channel:
        for version in VERSIONS:
            pool = DescriptorPool(database(channel, version))
            for find in [pool.FindServiceByName, pool.FindMessageTypeByName, pool.FindFileByName]:
                try:
                    find("x.Missing")
                except KeyError:
                    continue
                raise AssertionError(f"{find.__name__} found it by {version}")


checks.main()
