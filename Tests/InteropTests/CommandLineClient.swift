import Crypto
import TestSupport

/// grpcurl or `buf curl`, called over mutual TLS; both find the methods' types by reflection.
enum CommandLineClient: String, CaseIterable, Sendable {
    /// Asks for reflection v1alpha.
    case grpcurl
    /// Asks for reflection v1.
    case buf

    /// Calls a method with `messages` (JSON objects, one after another) and answers what was printed.
    func call(_ method: String, _ messages: [String], _ server: EchoServer) async throws -> (ending: Program.Ending, output: String) {
        let data = messages.joined(separator: " ")
        switch self {
        case .grpcurl: return try await run(["-d", data, server.address, method], server)
        case .buf: return try await run(["-d", data, "https://\(server.address)/\(method)"], server)
        }
    }

    func run(_ arguments: [String], _ server: EchoServer) async throws -> (ending: Program.Ending, output: String) {
        let files = server.files
        switch self {
        case .grpcurl:
            let identity = ["-cacert", files.authority, "-cert", files.client, "-key", files.clientKey]
            return try await Program.run([try ForeignClient.grpcurl.path] + identity + arguments)
        case .buf:
            let identity = ["--cacert", files.authority, "--cert", files.client, "--key", files.clientKey]
            return try await Program.run([try ForeignClient.buf.path, "curl", "--protocol", "grpc"] + identity + arguments)
        }
    }

    /// An `EchoRequest` in proto3 JSON, whose bytes are base64.
    static func request(_ payload: [UInt8], count: Int? = nil) -> String {
        let count = count.map { ", \"count\": \($0)" } ?? ""
        return "{\"payload\": \"\(Base64.encode(payload, padded: true))\"\(count)}"
    }

    /// The payloads of `EchoReply` messages in what was printed, in order.
    static func payloads(_ output: String) -> [[UInt8]?] {
        // Of {"payload": "aGVsbG8="}, however it is laid out, each second quoted text is a value.
        let quoted = output.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        return quoted.enumerated().filter { $0.offset % 2 == 1 }.map { Base64.decode(String($0.element.element)) }
    }
}
