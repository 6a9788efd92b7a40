import HTTP2
import Testing

@testable import RPC

@Suite("Metadata") struct MetadataTests {
    @Test("pairs keep their order and their duplicates; names become lower-case")
    func order() {
        let metadata = Metadata([("X-One", "1"), ("two", "2"), ("x-one", "3")])
        #expect(metadata.pairs.map(\.name) == ["x-one", "two", "x-one"])
        #expect(metadata.pairs.map(\.value) == ["1", "2", "3"])
        #expect(metadata["x-one"] == "1")
        #expect(metadata.values("x-one") == ["1", "3"])
        #expect(metadata["X-One"] == nil)
        #expect(metadata.values("none") == [])
    }

    @Test(
        "names of the protocol cannot be set",
        arguments: [
            ":path", ":status", ":x", "grpc-status", "grpc-message", "grpc-timeout", "Grpc-Anything", "te", "TE", "content-type",
            "content-length", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
        ])
    func reserved(name: String) {
        var metadata = Metadata()
        metadata.append(name, "x")
        #expect(metadata.isEmpty)
        #expect(metadata.pairs.isEmpty)
    }

    @Test("names that gRPC does not allow are left out", arguments: ["", " ", "a b", "a:b", "naïve", "a/b", "a\u{0}", "a\n", "a,b", "(a)"])
    func badName(name: String) {
        var metadata = Metadata()
        metadata.append(name, "x")
        #expect(metadata.pairs.isEmpty)
    }

    @Test("names may have digits, letters, underscore, hyphen and dot", arguments: ["a", "0", "x_y", "x-y", "x.y", "_", "-"])
    func goodName(name: String) {
        #expect(Metadata([(name, "x")])[name] == "x")
    }

    @Test("values outside printable ASCII are left out", arguments: ["\u{0}", "a\nb", "a\r", "ü", "\u{7f}", "\t"])
    func badValue(value: String) {
        #expect(Metadata([("x", value)]).isEmpty)
    }

    @Test("spaces at a value's ends are stripped, as the protocol allows", arguments: [(" a ", "a"), ("a b", "a b"), ("  ", ""), ("", "")])
    func spaces(value: String, kept: String) {
        #expect(Metadata([("x", value)])["x"] == kept)
    }

    @Test(
        "bytes go as base64 without padding, under a name that ends in -bin",
        arguments: [[], [0], [0, 255], [1, 2, 3], [1, 2, 3, 4]] as [[UInt8]])
    func binary(bytes: [UInt8]) {
        var metadata = Metadata()
        metadata.append("x-bin", bytes: bytes)
        metadata.append("x", bytes: bytes)
        #expect(metadata.bytes("x-bin") == [bytes])
        #expect(metadata["x-bin"]?.contains("=") == false)
        #expect(metadata["x"] == nil)
    }

    @Test("padded and unpadded, joined by commas or not, -bin values are read in order")
    func lenientBinary() {
        let metadata = Metadata([("x-bin", "AQ==,AQI"), ("x-bin", "AQID, BA")])
        #expect(metadata.bytes("x-bin") == [[1], [1, 2], [1, 2, 3], [4]])
    }

    @Test("a -bin value that is no base64 is left out")
    func badBinary() {
        #expect(Metadata([("x-bin", "!"), ("x-bin", "AQ")]).bytes("x-bin") == [[1]])
    }

    @Test("a request's metadata shows nothing of the protocol's own fields")
    func hidden() {
        let fields = HTTPFields([
            (":method", "POST"), (":path", "/a/b"), ("te", "trailers"), ("content-type", "application/grpc"), ("grpc-timeout", "1S"),
            ("user-agent", "x/1"),
        ])
        let metadata = Metadata(fields)
        #expect(metadata.pairs.map(\.name) == ["user-agent"])
        #expect(metadata[":path"] == nil)
        #expect(metadata["grpc-timeout"] == nil)
        #expect(metadata.values("content-type") == [])
        #expect(!metadata.isEmpty)
        #expect(Metadata(HTTPFields([(":status", "200"), ("content-type", "application/grpc")])).isEmpty)
    }

    @Test("one metadata's pairs can be added to another")
    func joined() {
        var metadata = Metadata([("a", "1")])
        metadata.append(contentsOf: Metadata([("b", "2"), ("a", "3")]))
        #expect(metadata.pairs.map(\.value) == ["1", "2", "3"])
    }

    @Test("a description shows no token and no bytes")
    func description() {
        #expect("\(Metadata([("authorization", "Bearer x"), ("a-bin", "AQ"), ("b", "c")]))" == "authorization: …\na-bin: …\nb: c")
    }
}
