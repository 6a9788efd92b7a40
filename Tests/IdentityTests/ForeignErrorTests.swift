import BenchAPI
import Crypto
import Foundation
import Glibc
import Net
import Postgres
import RPC
import StandardTypes
import TLS
import TestSupport
import Testing

@testable import Platform

/// Errors that no handler of ours would throw by intent, out of handlers of all kinds, behind the funnel and over TLS.
@Suite(.timeLimit(.minutes(10))) struct ForeignErrorTests {
    private struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: ErrorReason
        /// What the operator reads of it; empty: nothing, it is the caller's own doing.
        let inLog: String
        let fail: @Sendable (Database) async throws -> Void

        init(_ name: String, _ reason: ErrorReason, inLog: String, _ fail: @escaping @Sendable (Database) async throws -> Void) {
            (testDescription, self.reason, self.inLog, self.fail) = (name, reason, inLog, fail)
        }
    }

    private struct Unreadable: Error, CustomStringConvertible, LocalizedError {
        var description: String { "cannot open /srv/secrets/token.key: hunter2" }
        var errorDescription: String? { description }
    }

    private static let faults: [Fault] = [
        Fault("an error with a path", .internal, inLog: "/srv/secrets/token.key") { _ in throw Unreadable() },
        Fault("Foundation's, with a path", .internal, inLog: "/srv/secrets/nowhere") { _ in
            _ = try String(contentsOfFile: "/srv/secrets/nowhere", encoding: .utf8)
        },
        Fault("an NSError", .internal, inLog: "/srv/secrets/token.key") { _ in
            throw NSError(domain: NSPOSIXErrorDomain, code: 13, userInfo: [NSFilePathErrorKey: "/srv/secrets/token.key"])
        },
        Fault("one with SQL in it", .internal, inLog: "SELECT hunter2") { _ in
            throw PostgresError(
                .schemaMismatch, "SELECT hunter2 FROM lead", sqlstate: "XX000", table: "lead", report: "SELECT hunter2 FROM /srv/secrets")
        },
        Fault("a table that is not there", .internal, inLog: "42P01") { database in
            _ = try await database.batch(scope) { $0.one("SELECT count(*) FROM hunter2", as: Int.self) }
        },
        Fault("a connection that is lost in the middle of a statement", .dbUnavailable, inLog: "connection") { database in
            _ = try await database.batch(scope) { $0.one("SELECT pg_terminate_backend(pg_backend_pid())", as: Bool.self) }
        },
        Fault("a socket's", .internal, inLog: "10.9.8.7") { _ in
            throw NetError.resolution(name: "10.9.8.7", reason: "hunter2")
        },
        Fault("that of a call to another server", .unavailable, inLog: "10.9.8.7") { _ in
            throw RPCError(.unavailable, "cannot connect to 10.9.8.7:443: hunter2", cause: .init(.connect(errno: ECONNREFUSED)))
        },
        Fault("a task that somebody cancelled", .cancelled, inLog: "") { _ in
            let task = Task { try await Task.sleep(for: .seconds(100_000)) }
            task.cancel()
            try await task.value
        },
    ]

    private static let scope = Scope(tenant: "demo", caller: "test", requestID: "test", deadline: .now() + .seconds(300))

    /// Handlers of all kinds, which all fail.
    private struct FailingEcho: Echo {
        let fail: @Sendable () async throws -> Void

        func unary(_ request: EchoRequest, _ call: Call) async throws -> EchoReply {
            try await fail()
            return EchoReply()
        }
        func serverStream(_ request: EchoRequest, _ call: Call, _ replies: Outbound<EchoReply>) async throws { try await fail() }
        func clientStream(_ requests: Inbound<EchoRequest>, _ call: Call) async throws -> EchoReply {
            try await fail()
            return EchoReply()
        }
        func bidiStream(_ requests: Inbound<EchoRequest>, _ call: Call, _ replies: Outbound<EchoReply>) async throws { try await fail() }
    }

    /// A log, and its lines so far.
    private final class LogLines {
        private let descriptor: Int32
        let log: Log

        init() throws {
            var template = Array("/tmp/switchboard-log.XXXXXX".utf8CString)
            descriptor = unsafe template.withUnsafeMutableBufferPointer { name in
                guard let base = name.baseAddress else { return -1 }
                let descriptor = unsafe mkstemp(base)
                unsafe unlink(base)
                return descriptor
            }
            try #require(descriptor >= 0)
            log = Log(to: descriptor)
        }

        deinit { close(descriptor) }

        var all: [String] {
            log.flush()
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
            return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    @Test(
        "R14 · whatever a handler of any kind throws, its caller learns a reason and a request id, and the log the rest", arguments: faults)
    private func foreign(_ fault: Fault) async throws {
        let loops = try EventLoopGroup(count: 1)
        let database = Database(try await TestCluster.shared().freshDatabase().application, loops: loops.loops)
        let lines = try LogLines()
        var configuration = Server.Configuration(tls: try TestPKI.shared.serverContext())
        configuration.requiresPolicies = true
        let fail: @Sendable () async throws -> Void = { try await fault.fail(database) }
        let server = try Server(
            services: [FailingEcho(fail: fail).governed(by: MethodPolicy(.public(reason: "A test.")))],
            interceptors: [MapErrors(log: lines.log)], configuration: configuration, loops: loops)
        let address = try await server.start(on: SocketAddress(ip: "127.0.0.1", port: 0))
        var client = Channel.Configuration()
        client.tls = try TestPKI.shared.clientContext(TestPKI.shared.client)
        let channel = try Channel("\(address)", configuration: client)
        for kind in ["Unary", "ServerStream", "ClientStream", "BidiStream"] {
            let id = "foreign-\(kind)"
            let options = CallOptions(metadata: Metadata([("x-request-id", id)]), timeout: .seconds(600))
            let error = try #require(
                await #expect(throws: RPCError.self) {
                    try await channel.bidirectional(path: "/bench.v1.Echo/\(kind)", options) { requests, replies in
                        try? await requests.send([])
                        requests.finish()
                        for try await _ in replies {}
                    }
                })
            #expect(error.reason == fault.reason.rawValue, "\(kind): \(error)")
            #expect(error.code == fault.reason.code && error.message == fault.reason.sentence, "\(kind): \(error)")
            #expect(error.detail(ErrorInfo.self)?.domain == "switchboard")
            #expect(error.detail(RequestInfo.self)?.requestID == id && error.trailers["x-request-id"] == id)
            let told = [error.message, error.trailers.description] + error.details.map { String(decoding: $0.value, as: UTF8.self) }
            for word in ["hunter2", "/srv", "secrets", "SELECT", "lead", "42P01", "XX000", "10.9.8.7", "Unreadable", "NSPOSIX", ".swift"] {
                #expect(!told.contains { $0.contains(word) }, "\(kind): \(told)")
            }
            let line = lines.all.first { $0.contains("\"request_id\":\"\(id)\"") }
            #expect((line == nil) == fault.inLog.isEmpty, "\(kind): \(lines.all)")
            if let line { #expect(line.contains(fault.inLog) && line.contains("\"event\":\"call_failed\""), "\(line)") }
        }
        await channel.close()
        await server.drain(grace: .zero)
        await database.shutdown()
        loops.shutdown()
    }
}
