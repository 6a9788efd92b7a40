public import AdminAPI

/// The server that the administration is served by, as far as it may be looked at and ended from there. The program that runs the server
/// implements it.
public protocol ServerControl: Sendable {
    /// Begins to end the process, and returns: who asks is served by it.
    ///
    /// - Parameter grace: for calls and jobs in flight; nil for the configuration's.
    func drain(grace: Duration?, reason: String) -> DrainReply

    /// Reads the configuration again, and all files that it names.
    ///
    /// - Throws: ``UnusableConfiguration``; then all is as it was.
    func reload() async throws -> ReloadConfigReply

    func information() async -> ServerInfoReply

    /// Those behind `place`, in the order of their places.
    func connections(after place: ConnectionPlace?, limit: Int) async -> [(place: ConnectionPlace, connection: ServerConnection)]
}

/// Where a connection stands among all of a server's.
public struct ConnectionPlace: Sendable, Hashable {
    public var loop: Int
    public var number: Int

    public init(loop: Int, number: Int) {
        self.loop = loop
        self.number = number
    }

    /// As a page token has it.
    var text: String { "\(loop).\(number)" }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard parts.count == 2, parts.allSatisfy({ $0 >= 0 }) else { return nil }
        self.init(loop: parts[0], number: parts[1])
    }
}

/// Why a configuration was not taken, as a sentence for who wrote it.
public struct UnusableConfiguration: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ sentence: String) {
        description = sentence
    }
}
