"""Calls with no .proto at hand: descriptors come from the server, by grpcio-reflection (v1alpha)."""

import checks
from channels import open_channel
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


@checks.check("the services are listed")
def services(world):
    with open_channel(world) as channel:
        names = ProtoReflectionDescriptorDatabase(channel).get_services()
        assert "bench.v1.Echo" in names and "grpc.health.v1.Health" in names, names


@checks.check("a method found by reflection can be called")
def call(world):
    with open_channel(world) as channel:
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        method = pool.FindServiceByName("bench.v1.Echo").FindMethodByName("Unary")
        request, reply = GetMessageClass(method.input_type), GetMessageClass(method.output_type)
        stub = channel.unary_unary("/bench.v1.Echo/Unary", request.SerializeToString, reply.FromString)
        assert stub(request(payload=b"found")).payload == b"found"


@checks.check("what nobody declares is not found")
def missing(world):
    with open_channel(world) as channel:
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        for find in [pool.FindServiceByName, pool.FindMessageTypeByName, pool.FindFileByName]:
            try:
                find("x.Missing")
            except KeyError:
                continue
            raise AssertionError(f"{find.__name__} found it")


checks.main()
