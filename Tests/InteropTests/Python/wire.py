"""An HTTP/2 connection in the hands of the test: h2 makes and reads frames, nothing happens that a check did not ask for."""

import socket
import ssl
import struct

import h2.config
import h2.connection
import h2.events
from h2.settings import SettingCodes, Settings

ECHO = "/bench.v1.Echo/Unary"
WAIT_SECONDS = 120


def request(path=ECHO, **changes):
    """A gRPC request's header section; an underscore in a name stands for a hyphen, `method` for `:method`."""
    headers = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "localhost"}
    headers |= {"te": "trailers", "content-type": "application/grpc"}
    for name, value in changes.items():
        headers[":method" if name == "method" else name.replace("_", "-")] = value
    return list(headers.items())


def message(payload, claim=None):
    """An EchoRequest of up to 127 bytes with its prefix, which may claim another length."""
    body = b"\x0a" + bytes([len(payload)]) + payload
    return struct.pack(">BI", 0, len(body) if claim is None else claim) + body


def connect(world):
    """A socket to the server; over TLS if it speaks that."""
    host, port = world.address.split(":")
    plain = socket.create_connection((host, int(port)), timeout=WAIT_SECONDS)
    if world.pki is None:
        return plain
    context = ssl.create_default_context(cafile=f"{world.pki}/ca.pem")
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(f"{world.pki}/{world.certificate}.pem", f"{world.pki}/{world.certificate}.key")
    return context.wrap_socket(plain, server_hostname="localhost")


def send_and_read(connection, data):
    """Sends all, then reads until the server closes; what becomes of the bytes is the server's to say."""
    received = b""
    try:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while chunk := connection.recv(65536):
            received += chunk
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        connection.close()
    return received


class Reply:
    """What came on one stream."""

    def __init__(self):
        self.headers = {}
        self.data = b""
        self.reset = None
        self.ended = False

    @property
    def status(self):
        return self.headers.get("grpc-status")


class Wire:
    """`window` is what a stream of the server may send at first; what comes is acknowledged unless `acknowledges` is false."""

    def __init__(self, world, window=None, acknowledges=True):
        self.socket = connect(world)
        config = h2.config.H2Configuration(header_encoding="utf-8", validate_outbound_headers=False, normalize_outbound_headers=False)
        self.h2 = h2.connection.H2Connection(config)
        if window is not None:
            settings = {SettingCodes.INITIAL_WINDOW_SIZE: window}
            self.h2.local_settings = Settings(client=True, initial_values=settings)
        self.h2.initiate_connection()
        self.replies = {}
        self.events = []
        self.closed = False
        self.acknowledges = acknowledges
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def open(self, headers=None, end=False):
        stream = self.h2.get_next_available_stream_id()
        self.h2.send_headers(stream, headers or request(), end_stream=end)
        self.replies[stream] = Reply()
        self.flush()
        return stream

    def send(self, stream, data, end=False, pad=None):
        self.h2.send_data(stream, data, end_stream=end, pad_length=pad)
        self.flush()

    def call(self, payload=b"x", headers=None):
        """A whole unary call; returns its reply."""
        stream = self.open(headers)
        self.send(stream, message(payload), end=True)
        return self.reply(stream)

    def reply(self, stream):
        """Waits until the stream has ended."""
        reply = self.replies[stream]
        self.until(lambda: reply.ended or reply.reset is not None)
        assert reply.ended or reply.reset is not None, "the connection was closed before the stream had ended"
        return reply

    def until(self, condition):
        """Reads until `condition()` holds or the connection is closed."""
        while not condition() and not self.closed:
            try:
                data = self.socket.recv(65536)
            except (ConnectionResetError, ssl.SSLError):
                data = b""
            if not data:
                self.closed = True
                return
            for event in self.h2.receive_data(data):
                self.take(event)
            try:
                self.flush()
            except OSError:
                pass

    def take(self, event):
        self.events.append(event)
        reply = self.replies.get(getattr(event, "stream_id", None))
        match event:
            case h2.events.ResponseReceived() | h2.events.TrailersReceived():
                reply.headers |= dict(event.headers)
            case h2.events.DataReceived():
                reply.data += event.data
                if event.flow_controlled_length and self.acknowledges:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                reply.ended = True
            case h2.events.StreamReset():
                reply.reset = event.error_code

    def saw(self, kind):
        return any(isinstance(event, kind) for event in self.events)


def assert_echoed(reply, payload):
    assert reply.status == "0", reply.headers
    assert reply.data == message(payload), reply.data


def assert_serves(world):
    """A new connection works."""
    with Wire(world) as wire:
        assert_echoed(wire.call(b"still here"), b"still here")
