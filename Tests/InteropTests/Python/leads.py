"""LeadService as a Python program meets it: over mutual TLS with a token, on a real PostgreSQL."""

import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor

import checks
import grpc
import grpc_tools
from channels import expect, failure, open_channel
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

# protoc's Python generator wants all of its own descriptor.proto, which the rules of the leads import; ours has less.
sys.path.insert(0, os.path.join(os.path.dirname(grpc_tools.__file__), "_proto"))
_messages, _services = grpc.protos_and_services("switchboard/lead/v1/lead_service.proto")


class Leads:
    """The service over one channel, with the token in every call."""

    def __init__(self, world, channel):
        self.world = world
        self.stub = _services.LeadServiceStub(channel)

    def metadata(self, key=None):
        # Read for each call: the server renews the file.
        with open(self.world.token, encoding="ascii") as file:
            metadata = [("authorization", f"Bearer {file.read().strip()}")]
        return metadata + ([("idempotency-key", key)] if key else [])

    def create(self, key=None, **fields):
        request = _messages.CreateLeadRequest(lead=fields)
        return self.stub.CreateLead(request, metadata=self.metadata(key or str(uuid.uuid4())))

    def call(self, method, request):
        return getattr(self.stub, method)(request, metadata=self.metadata())


def reason(error):
    """The ErrorInfo's reason in an error's details."""
    return detail(error, ErrorInfo).reason


def detail(error, kind):
    for packed in rpc_status.from_call(error).details:
        if packed.Is(kind.DESCRIPTOR):
            found = kind()
            packed.Unpack(found)
            return found
    raise AssertionError(f"no {kind.__name__} in {error.details()}")


def email(world, name):
    return f"{name}-{world.seed}@example.com"


@checks.check("a lead that was created can be read, changed and deleted, and is gone then")
def life(world):
    with open_channel(world) as channel:
        leads = Leads(world, channel)
        created = leads.create(
            first_name="Zoë", last_name="Łukasiewicz", email=email(world, "zoe"), tags=["vip", "北京"], score=42,
            custom_fields={"plan": {"text": "gold"}, "seats": {"number": 12.5}, "trial": {"flag": True}},
        )
        assert leads.call("GetLead", _messages.GetLeadRequest(id=created.id)) == created
        assert created.custom_fields["seats"].number == 12.5 and list(created.tags) == ["vip", "北京"]

        change = _messages.UpdateLeadRequest(
            lead={"id": created.id, "company": "Ω Ltd"}, update_mask={"paths": ["company"]}, etag=created.etag
        )
        changed = leads.call("UpdateLead", change)
        assert changed.company == "Ω Ltd" and changed.first_name == "Zoë" and changed.etag != created.etag
        stale = expect(lambda: leads.call("UpdateLead", change), grpc.StatusCode.ABORTED)
        assert reason(stale) == "ETAG_MISMATCH"

        leads.call("DeleteLead", _messages.DeleteLeadRequest(id=created.id, etag=changed.etag))
        gone = expect(lambda: leads.call("GetLead", _messages.GetLeadRequest(id=created.id)), grpc.StatusCode.NOT_FOUND)
        assert reason(gone) == "RESOURCE_NOT_FOUND"


@checks.check("a call that is repeated under its key gets the first reply; its address is not free for another")
def repeated(world):
    with open_channel(world) as channel:
        leads = Leads(world, channel)
        key, address = str(uuid.uuid4()), email(world, "once")
        first = leads.create(key, first_name="A", last_name="B", email=address)
        assert leads.create(key, first_name="A", last_name="B", email=address) == first
        taken = expect(lambda: leads.create(first_name="A", last_name="B", email=address), grpc.StatusCode.ALREADY_EXISTS)
        assert reason(taken) == "EMAIL_EXISTS"
        reused = expect(lambda: leads.create(key, first_name="X", last_name="B", email=address), grpc.StatusCode.FAILED_PRECONDITION)
        assert reason(reused) == "IDEMPOTENCY_KEY_REUSED"


@checks.check("all fields that are out of bounds are named at once")
def violations(world):
    with open_channel(world) as channel:
        refused = expect(
            lambda: Leads(world, channel).create(first_name="", last_name="n" * 101, email="no address", score=101),
            grpc.StatusCode.INVALID_ARGUMENT,
        )
        assert reason(refused) == "FIELD_VIOLATION"
        fields = {violation.field for violation in detail(refused, BadRequest).field_violations}
        assert {"lead.last_name", "lead.email", "lead.score"} <= fields, fields


@checks.check("an import's rows are all in the export and in the list's pages, each once; broken rows are reported")
def import_and_export(world):
    source = f"import-{world.seed}"
    good = [{"first_name": "Row", "last_name": str(index), "email": email(world, f"row{index}")} for index in range(1200)]
    rows = good[:700] + [{"first_name": "Bad", "last_name": "Row", "email": "nowhere"}] + good[700:]
    header = _messages.ImportLeadsRequest(header={"import_id": f"import-{world.seed}", "source": source})
    with open_channel(world) as channel:
        leads = Leads(world, channel)
        report = leads.call("ImportLeads", iter([header] + [_messages.ImportLeadsRequest(row=row) for row in rows]))
        assert (report.rows, report.created, report.refused) == (1201, 1200, 1), report
        assert [error.row for error in report.errors] == [701], report.errors

        expected = sorted(row["email"] for row in good)
        exported = leads.call("ExportLeads", _messages.ExportLeadsRequest(filter={"source": source}))
        assert sorted(lead.email for lead in exported) == expected

        listed, token = [], ""
        while True:
            page = leads.call("ListLeads", _messages.ListLeadsRequest(filter={"source": source}, page_size=100, page_token=token))
            listed += [lead.email for lead in page.leads]
            token = page.next_page_token
            if not token:
                break
            forged = _messages.ListLeadsRequest(filter={"source": source}, page_size=100, page_token=token[:-2] + "00")
            if len(listed) == 100:
                refused = expect(lambda: leads.call("ListLeads", forged), grpc.StatusCode.INVALID_ARGUMENT)
                assert reason(refused) == "PAGE_TOKEN_INVALID"
        assert sorted(listed) == expected, (len(listed), len(expected))


@checks.check("200 leads created at once over four connections are 200 leads")
def crowd(world):
    channels = [open_channel(world) for _ in range(4)]

    def create(index):
        return Leads(world, channels[index % 4]).create(first_name="C", last_name=str(index), email=email(world, f"crowd{index}"))

    with ThreadPoolExecutor(100) as threads:
        created = list(threads.map(create, range(200)))
    for channel in channels:
        channel.close()
    assert len({lead.id for lead in created}) == 200
    assert {lead.email for lead in created} == {email(world, f"crowd{index}") for index in range(200)}


@checks.check("without a token, and with a broken one, nothing is decoded")
def token(world):
    with open_channel(world) as channel:
        for path in ["/switchboard.lead.v1.LeadService/GetLead", "/switchboard.lead.v1.LeadService/Missing"]:
            method = channel.unary_unary(path)
            missing = expect(lambda: method(b"\xff\xff"), grpc.StatusCode.UNAUTHENTICATED)
            assert reason(missing) == "TOKEN_MISSING"
            malformed = expect(lambda: method(b"\xff\xff", metadata=[("authorization", "Bearer x")]), grpc.StatusCode.UNAUTHENTICATED)
            assert reason(malformed) == "TOKEN_MALFORMED"
        metadata = Leads(world, channel).metadata()
        garbage = failure(lambda: channel.unary_unary("/switchboard.lead.v1.LeadService/GetLead")(b"\xff\xff", metadata=metadata))
        assert garbage.code() == grpc.StatusCode.INTERNAL, garbage


class Reflection:
    """The calls of grpcio-reflection, with the token that this server asks for."""

    def __init__(self, leads, channel):
        method = channel.stream_stream(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            reflection_pb2.ServerReflectionRequest.SerializeToString,
            reflection_pb2.ServerReflectionResponse.FromString,
        )
        self.ServerReflectionInfo = lambda requests: method(requests, metadata=leads.metadata())


@checks.check("reflection tells what each method declares: who may call it, and what a repetition does")
def policies(world):
    with open_channel(world) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        database._stub = Reflection(Leads(world, channel), channel)
        pool = DescriptorPool(database)
        service = pool.FindServiceByName("switchboard.lead.v1.LeadService")
        option = pool.FindExtensionByName("switchboard.options.v1.policy")
        options = GetMessageClass(pool.FindMessageTypeByName("google.protobuf.MethodOptions"))
        for name, scopes, repetition in [("CreateLead", ["lead:write"], 2), ("GetLead", ["lead:read"], 1)]:
            declared = options.FromString(service.FindMethodByName(name).GetOptions().SerializeToString()).Extensions[option]
            assert list(declared.scopes) == scopes and declared.idempotency == repetition, f"{name}: {declared}"


checks.main()
