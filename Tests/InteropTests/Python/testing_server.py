"""grpc.testing.TestService by grpcio, for our client. Prints its port, and serves until SIGTERM.

Arguments: the files of its certificate and its key; cleartext without them."""

import signal
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from testing import TestServiceServicer, add_TestServiceServicer_to_server, messages, Empty

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


def payload(size):
    return messages.Payload(body=bytes(size))


class TestService(TestServiceServicer):
    def __init__(self):
        self.attempts = Counter()

    def echo(self, context):
        """Sends the metadata back that the tests know."""
        for name, value in context.invocation_metadata():
            if name == INITIAL:
                context.send_initial_metadata([(name, value)])
            if name == TRAILING:
                context.set_trailing_metadata([(name, value)])

    def fail(self, context):
        """Fails a call as often as its metadata asks, for tests of retries; which of them are attempts of one call its fail-id says."""
        asked = dict(context.invocation_metadata())
        if "fail-attempts" not in asked:
            return
        self.attempts[asked["fail-id"]] += 1
        attempts = self.attempts[asked["fail-id"]]
        trailers = [("attempts-seen", str(attempts))]
        if attempts > int(asked["fail-attempts"]):
            context.set_trailing_metadata(trailers)
            return
        if "fail-pushback-ms" in asked:
            trailers.append(("grpc-retry-pushback-ms", asked["fail-pushback-ms"]))
        context.set_trailing_metadata(trailers)
        context.abort(grpc.StatusCode.UNAVAILABLE, f"attempt {attempts} fails because it was asked to")

    def end(self, context, status):
        if status.code:
            context.abort({code.value[0]: code for code in grpc.StatusCode}[status.code], status.message)

    def EmptyCall(self, request, context):
        return Empty()

    def UnaryCall(self, request, context):
        self.fail(context)
        self.echo(context)
        self.end(context, request.response_status)
        return messages.SimpleResponse(payload=payload(request.response_size))

    def StreamingInputCall(self, requests, context):
        return messages.StreamingInputCallResponse(aggregated_payload_size=sum(len(request.payload.body) for request in requests))

    def StreamingOutputCall(self, request, context):
        for parameters in request.response_parameters:
            yield messages.StreamingOutputCallResponse(payload=payload(parameters.size))

    def FullDuplexCall(self, requests, context):
        self.echo(context)
        for request in requests:
            self.end(context, request.response_status)
            yield from self.StreamingOutputCall(request, context)


def main():
    # Before there are threads that could take it.
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    server = grpc.server(ThreadPoolExecutor(max_workers=16))
    add_TestServiceServicer_to_server(TestService(), server)
    if len(sys.argv) > 1:
        certificate, key = (Path(name).read_bytes() for name in sys.argv[1:3])
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(key, certificate)]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    signal.sigwait([signal.SIGTERM])
    server.stop(grace=None).wait()


main()
