import Console
import Crypto
import Platform
import Protobuf
import RPC
import StandardTypes
import TestSupport
import Testing

/// Requests that become no call, or whose bytes are no messages, sent over TLS by a client that sends what it is told to.
struct RefusedRequestTests {
    private struct Case: Sendable {
        var name: String
        var path = "/switchboard.lead.v1.LeadService/GetLead"
        var fields: [String] = []
        var body: [UInt8] = [0, 0, 0, 0, 0]
        var code: StatusCode
        var reason: ErrorReason
    }

    private static let cases = [
        Case(name: "an unknown method", path: "/switchboard.lead.v1.LeadService/Nothing", code: .unimplemented, reason: .unimplemented),
        Case(name: "an unknown service", path: "/no.Such/Thing", code: .unimplemented, reason: .unimplemented),
        Case(name: "a path of one word", path: "/GetLead", code: .unimplemented, reason: .unimplemented),
        Case(name: "a time that is none", fields: ["grpc-timeout: 5 seconds"], code: .internal, reason: .requestMalformed),
        Case(name: "a time of nine digits", fields: ["grpc-timeout: 123456789S"], code: .internal, reason: .requestMalformed),
        Case(name: "an encoding that is not spoken", fields: ["grpc-encoding: br"], code: .unimplemented, reason: .encodingUnknown),
        Case(
            name: "too much metadata", fields: ["x-long: " + String(repeating: "x", count: 9_000)], code: .resourceExhausted,
            reason: .metadataTooLarge),
        Case(name: "a prefix of 2 GiB", body: [0, 0x7F, 0xFF, 0xFF, 0xFF], code: .resourceExhausted, reason: .messageTooLarge),
        Case(name: "an unknown flag", body: [2, 0, 0, 0, 0], code: .internal, reason: .requestMalformed),
        Case(name: "a packed message, and no encoding", body: [1, 0, 0, 0, 0], code: .internal, reason: .requestMalformed),
        Case(name: "a message that ends in its middle", body: [0, 0, 0, 0, 9, 1], code: .internal, reason: .requestMalformed),
        Case(name: "bytes that are no message", body: [0, 0, 0, 0, 2, 0xFF, 0xFF], code: .internal, reason: .requestMalformed),
        Case(name: "two messages", body: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], code: .unimplemented, reason: .unimplemented),
    ]

    /// What nghttp, which knows nothing of gRPC, shows of a reply.
    private func reply(_ served: ServedProgram, _ path: String, _ fields: [String], _ body: [UInt8]) async throws -> Outcome {
        let folder = served.deployment.folder
        let name = "\(folder)/body-\(UInt64.random(in: 0 ... .max))"
        try Files.write(body, to: name)
        let token = try served.options().metadata["authorization"] ?? ""
        let headers = (fields + ["te: trailers", "authorization: \(token)"]).flatMap { ["-H", $0] }
        return try await Outcome(
            ["nghttp", "-nv", "--cert", "\(folder)/admin.pem", "--key", "\(folder)/admin.key", "-d", name] + headers
                + ["https://\(served.address)\(path)"])
    }

    @Test("R14 · what is refused before there is a call has its status, its reason and its request id, too")
    func details() async throws {
        try await ServedProgram.with { (served) async throws in
            for (number, refused) in Self.cases.enumerated() {
                let id = "refused-\(number)"
                // Ahead of all, since metadata that is too long is read no further.
                let fields = ["x-request-id: \(id)", "content-type: application/grpc"] + refused.fields
                let outcome = try await reply(served, refused.path, fields, refused.body)
                let status = outcome.output.firstMatch(of: /grpc-status: ([0-9]+)/).flatMap { Int($0.output.1) }
                #expect(status == refused.code.rawValue, "\(refused.name): \(outcome)")
                let encoded = outcome.output.firstMatch(of: /grpc-status-details-bin: ([A-Za-z0-9+\/]+)/).map { String($0.output.1) } ?? ""
                let details = try Status(decoding: Base64.decode(encoded) ?? []).details.map {
                    ErrorDetail(typeURL: $0.typeURL, value: $0.value)
                }
                let info = details.compactMap { $0.decoded(as: ErrorInfo.self) }.first
                #expect(info?.reason == refused.reason.rawValue, "\(refused.name): \(outcome)")
                #expect(info?.domain == "switchboard", "\(refused.name)")
                #expect(details.compactMap { $0.decoded(as: RequestInfo.self) }.map(\.requestID) == [id], "\(refused.name): \(outcome)")
                #expect(outcome.output.contains("x-request-id: \(id)"), "\(refused.name): \(outcome)")
                // A client's fault is no alarm of the server's.
                #expect(served.log("\"level\":\"error\"").isEmpty, "\(refused.name): \(served.log("\"level\":\"error\""))")
            }
        }
    }

    @Test(
        "R18 · what is no gRPC gets a status of HTTP and a line of text, over TLS and with a certificate as without",
        arguments: [
            (["content-type: application/grpc-web"], 415), (["content-type: application/json"], 415), (["content-type: text/html"], 415),
            (["content-type: application/grpc", ":method: GET"], 405),
            (["content-type: application/grpc", ":method: OPTIONS", "origin: https://a.example"], 405),
        ])
    func foreign(fields: [String], status: Int) async throws {
        try await ServedProgram.with { (served) async throws in
            let outcome = try await reply(served, "/switchboard.lead.v1.LeadService/GetLead", fields, [0, 0, 0, 0, 0])
            #expect(outcome.output.contains(":status: \(status)"), "\(outcome)")
            #expect(!outcome.output.contains("grpc-status") && !outcome.output.contains("access-control"), "\(outcome)")
        }
    }
}
