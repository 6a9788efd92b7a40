internal import Foundation
internal import Glibc
internal import Synchronization

/// A program that a test runs: what it prints, how it ends, and signals to it. Killed when this object goes.
///
/// It stays in the test's process group, so that Ctrl-C reaches it, too.
public final class Program: Sendable {
    public enum Ending: Sendable, Hashable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    /// Where standard error goes: among the lines of standard output, or where the test's own goes.
    public enum Errors: Sendable {
        case amongOutput
        case inherited
    }

    public let identifier: Int32
    private let name: String
    private let output: Int32
    private let unread = Mutex<[UInt8]>([])
    private let ending = Mutex<Ending?>(nil)

    /// `command` is a path, or a name to be looked up in PATH, and its arguments.
    public init(_ command: [String], environment: [String: String] = [:], errors: Errors = .inherited) throws(ProgramFailure) {
        name = command.first ?? ""
        (identifier, output) = try Spawn.spawn(
            ["/usr/bin/env"] + environment.map { "\($0)=\($1)" }.sorted() + command, joinsErrors: errors == .amongOutput)
    }

    /// Runs a program to its end and answers all it printed, errors included. Killed if the test is cancelled.
    public static func run(_ command: [String], environment: [String: String] = [:]) async throws -> (ending: Ending, output: String) {
        let program = try Program(command, environment: environment, errors: .amongOutput)
        let output = try await program.rest()
        return (try await program.end(), output)
    }

    deinit {
        if ending.withLock({ $0 == nil }) {
            kill(identifier, SIGKILL)
            var status: Int32 = 0
            unsafe waitpid(identifier, &status, 0)
        }
        close(output)
    }

    /// The next line of standard output, without its end; nil when it has ended.
    public func line() async throws -> String? {
        try await wait { try self.take(to: UInt8(ascii: "\n")) }
    }

    /// All that is still to come from standard output.
    public func rest() async throws -> String {
        try await wait { try self.take(to: nil) } ?? ""
    }

    public func end() async throws -> Ending {
        try await wait { self.reap() }
    }

    public func signal(_ signal: Int32) {
        // Under the lock, so that the id cannot have been reaped and given away.
        ending.withLock { ending in
            if ending == nil { _ = kill(identifier, signal) }
        }
    }

    /// Waits on a thread of its own, since some wait for as long as a server lives, and one that waits for its turn behind those would wait for
    /// ever. A test that is cancelled (its time is over) kills the program, which ends the wait.
    private func wait<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
            }
        } onCancel: {
            signal(SIGKILL)
        }
    }

    private func take(to end: UInt8?) throws -> String? {
        var bytes = unread.withLock { $0 }
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            if let end, let index = bytes.firstIndex(of: end) {
                unread.withLock { $0 = Array(bytes[(index + 1)...]) }
                return String(decoding: bytes[..<index], as: UTF8.self)
            }
            let count = unsafe read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ProgramFailure("the output of \(name) cannot be read: errno \(errno)") }
            if count == 0 {
                unread.withLock { $0 = [] }
                return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
            }
            bytes += chunk[..<count]
            unread.withLock { $0 = bytes }
        }
    }

    private func reap() -> Ending {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return ending.withLock { ending in
            if let ending { return ending }
            var status: Int32 = 0
            unsafe waitpid(identifier, &status, 0)
            let signal = status & 0x7F
            let result: Ending = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
            ending = result
            return result
        }
    }
}

public struct ProgramFailure: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
