internal import Console
internal import Net
internal import Protobuf
internal import RPC
internal import StandardTypes
internal import SwitchboardAPI
internal import TLS

/// `switchctl call METHOD -d JSON`: one unary call, its reply as JSON.
struct CallCommand {
    private let arguments: Arguments
    private let name: String

    init(_ words: some Sequence<String>) throws {
        arguments = try Arguments(words, options: ["-d", "--data", "--state", "--tenant", "--timeout", "--idempotency-key"])
        guard arguments.operands.count == 1, let name = arguments.operands.first else { throw UsageError("`call` takes one method.") }
        self.name = name
    }

    func run() async throws {
        let catalogue = try Catalogue()
        let method = try catalogue.method(name)
        guard method.isUnary else { throw UsageError("\(method.fullName) streams: only unary methods can be called with this program.") }
        let text = try data()
        let request: [UInt8]
        do throws(JSONError) {
            request = try JSONTranscoder(method.method.input).bytes(from: text)
        } catch {
            throw UsageError("The request is no \(method.method.input.fullName). \(error)")
        }
        let timeout = try arguments.integer("--timeout", in: 1...3_600) ?? 30

        let state = try state()
        let channel = try channel(to: state)
        var options = CallOptions(timeout: .seconds(timeout))
        if catalogue.needsIdempotencyKey(method) || arguments["--idempotency-key"] != nil {
            let key = arguments["--idempotency-key"] ?? Self.newKey()
            options.metadata.append("idempotency-key", key)
            Screen.tell("idempotency-key: \(key)")
        }
        if let tenant = arguments["--tenant"] {
            options.credentials = .exchanged(over: channel, tenant: tenant)
        } else if !Files.exists(state.token) {
            options.credentials = .exchanged(over: channel, tenant: StateFolder.tenant)
        }
        let reply = try await reply(to: request, of: method.path, options, channel)
        await channel.close()
        do throws(JSONError) {
            Screen.show(try JSONTranscoder(method.method.output).json(from: reply, JSONEncodeOptions(isIndented: true)))
        } catch {
            throw CallFailure("The reply cannot be shown. \(error)")
        }
    }

    private func reply(
        to request: [UInt8], of path: String, _ options: CallOptions, _ channel: Channel
    ) async throws(RPCError) -> [UInt8] {
        do throws(RPCError) {
            return try await channel.unary(path: path, message: request, options)
        } catch {
            guard options.credentials == nil, error.detail(ErrorInfo.self)?.reason == "TOKEN_EXPIRED" else { throw error }
        }
        // Who renews the file has stopped, or this machine slept: the certificate is good for a token of one's own. The request is the same,
        // idempotency key and all.
        var options = options
        options.credentials = .exchanged(over: channel, tenant: StateFolder.tenant)
        return try await channel.unary(path: path, message: request, options)
    }

    /// JSON as it stands, `@FILE`, or `@-` for the standard input; an empty message when nothing is given.
    private func data() throws -> String {
        guard let text = arguments["-d"] ?? arguments["--data"] else { return "{}" }
        guard text.hasPrefix("@") else { return text }
        return try Files.text(text == "@-" ? "/dev/stdin" : String(text.dropFirst()))
    }

    private func state() throws -> StateFolder {
        if let path = arguments["--state"] {
            let state = StateFolder(path.path(relativeTo: Files.currentFolder))
            guard Files.exists(state.address) else { throw CallFailure("No development server has run in \(state.path).") }
            return state
        }
        let own = Files.resolved("/proc/self/exe")?.parentPath
        guard let state = StateFolder.find(from: [Files.currentFolder] + [own].compactMap { $0 }) else {
            throw CallFailure(
                "There is no folder \(StateFolder.defaultName) here or further up: start a development server with `switchboard dev`, "
                    + "or say with --state where its folder is.")
        }
        return state
    }

    private func channel(to state: StateFolder) throws -> Channel {
        let address = String(try Files.text(state.address).prefix { $0 != "\n" })
        let tls = try TLSContext.client(
            roots: .file(state.authorityCertificate), certificateChain: .file(state.clientCertificate), privateKey: .file(state.clientKey))
        var configuration = Channel.Configuration(tls: tls)
        configuration.userAgent = "switchctl"
        configuration.credentials = .forEachCall {
            let token = String(try Files.text(state.token).prefix { $0 != "\n" })
            return Metadata([("authorization", "Bearer \(token)")])
        }
        return try Channel(address, configuration: configuration, loop: try EventLoop(name: "switchctl"))
    }

    /// 128 random bits.
    private static func newKey() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// Why a call was not even begun, or its reply is of no use.
struct CallFailure: Error, CustomStringConvertible {
    var description: String

    init(_ sentence: String) {
        description = sentence
    }
}
