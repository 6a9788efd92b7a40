"""Who is let in over mutual TLS, and whom a client lets itself be served by."""

import socket

import checks
import grpc
from channels import OWN_CONNECTION, credentials, failure, open_channel
from echo import EchoRequest, EchoStub
from wire import WAIT_SECONDS, assert_serves, send_and_read


def assert_refused(world, credentials):
    options = [OWN_CONNECTION]
    if credentials is None:
        channel = grpc.insecure_channel(world.address, options)
    else:
        channel = grpc.secure_channel(world.address, credentials, options)
    with channel:
        error = failure(lambda: EchoStub(channel).Unary(EchoRequest(payload=b"x"), timeout=WAIT_SECONDS))
        assert error.code() == grpc.StatusCode.UNAVAILABLE, f"{error.code()}: {error.details()}"
    with open_channel(world) as channel:
        assert EchoStub(channel).Unary(EchoRequest(payload=b"x")).payload == b"x"


@checks.check("a client without a certificate is refused")
def no_certificate(world):
    assert_refused(world, credentials(world.pki, None))


@checks.check("a client whose certificate another authority signed is refused, though it bears the same name")
def foreign_certificate(world):
    assert_refused(world, credentials(world.pki, "foreign-client"))


@checks.check("a client whose certificate has ended is refused")
def expired_certificate(world):
    assert_refused(world, credentials(world.pki, "expired-client"))


@checks.check("a client that trusts another authority refuses the server")
def foreign_roots(world):
    assert_refused(world, credentials(world.pki, "client", roots="foreign-ca"))


@checks.check("a client that speaks cleartext is refused")
def cleartext(world):
    assert_refused(world, None)


@checks.check("bytes that are no TLS end their connection only")
def no_tls(world):
    random = world.random()
    host, port = world.address.split(":")
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + random.randbytes(505)
    for data in [b"", b"\x16", b"GET / HTTP/1.1\r\n\r\n", random.randbytes(3000), hello, hello[:100]]:
        send_and_read(socket.create_connection((host, int(port)), timeout=WAIT_SECONDS), data)
    assert_serves(world)


checks.main()
