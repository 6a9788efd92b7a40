internal import Console
internal import Protobuf
internal import RPC
internal import StandardTypes
internal import SwitchboardAPI

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

        let server = try DevelopmentServer(at: arguments["--state"])
        let (state, channel) = (server.state, try server.channel())
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

    /// 128 random bits.
    private static func newKey() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(random.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
