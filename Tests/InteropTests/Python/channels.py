"""grpcio channels to the server under test, each with a connection of its own."""

from pathlib import Path

import grpc

OWN_CONNECTION = ("grpc.use_local_subchannel_pool", 1)


def credentials(pki, certificate, roots="ca"):
    """`certificate` and `roots` name files of the folder `pki`, without their ending."""
    folder = Path(pki)

    def read(name):
        return (folder / name).read_bytes()

    return grpc.ssl_channel_credentials(
        root_certificates=read(f"{roots}.pem"),
        private_key=read(f"{certificate}.key") if certificate else None,
        certificate_chain=read(f"{certificate}.pem") if certificate else None,
    )


def open_channel(world, options=()):
    """As the world says: mutual TLS, TLS without a client certificate, or cleartext."""
    options = [OWN_CONNECTION, *options]
    if world.pki is None:
        return grpc.insecure_channel(world.address, options)
    return grpc.secure_channel(world.address, credentials(world.pki, world.certificate), options)


def failure(call):
    """The RpcError that `call()` ends with."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call succeeded")


def expect(call, code, text=""):
    """Asserts that `call()` fails with `code`, and that `text` is in its message."""
    error = failure(call)
    assert error.code() == code, f"{error.code()}: {error.details()}"
    assert text in error.details(), error.details()
    return error
