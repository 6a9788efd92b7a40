internal import Console
internal import Net
internal import RPC
internal import TLS

/// A development server's state folder: where the server is, and what it takes to call it.
struct DevelopmentServer {
    let state: StateFolder

    /// - Parameter path: of `--state`; nil: `.switchboard` here, further up, or above this program.
    init(at path: String?) throws {
        if let path {
            state = StateFolder(path.path(relativeTo: Files.currentFolder))
            guard Files.exists(state.address) else { throw CallFailure("No development server has run in \(state.path).") }
            return
        }
        let own = Files.resolved("/proc/self/exe")?.parentPath
        guard let state = StateFolder.find(from: [Files.currentFolder] + [own].compactMap { $0 }) else {
            throw CallFailure(
                "There is no folder \(StateFolder.defaultName) here or further up: start a development server with `switchboard dev`, "
                    + "or say with --state where its folder is.")
        }
        self.state = state
    }

    func channel() throws -> Channel {
        let address = String(try Files.text(state.address).prefix { $0 != "\n" })
        let tls = try TLSContext.client(
            roots: .file(state.authorityCertificate), certificateChain: .file(state.clientCertificate), privateKey: .file(state.clientKey))
        var configuration = Channel.Configuration(tls: tls)
        configuration.userAgent = "switchctl"
        let token = state.token
        configuration.credentials = .forEachCall {
            let token = String(try Files.text(token).prefix { $0 != "\n" })
            return Metadata([("authorization", "Bearer \(token)")])
        }
        return try Channel(address, configuration: configuration, loop: try EventLoop(name: "switchctl"))
    }
}

/// Why a call was not even begun, or its reply is of no use.
struct CallFailure: Error, CustomStringConvertible {
    var description: String

    init(_ sentence: String) {
        description = sentence
    }
}
