public import Protobuf

/// The policies of an interface as a Markdown page: who may call what, how often, for how long, and what is recorded.
public struct PolicyTable {
    private let pool: DescriptorPool
    private let names: Set<String>
    private let roles: RoleScopes

    /// - Parameter names: the files whose services are shown, by their import names.
    public init(_ pool: DescriptorPool, files names: Set<String>, roles: RoleScopes) {
        self.pool = pool
        self.names = names
        self.roles = roles
    }

    public var markdown: String {
        var text = """
            # Who may call what

            Made by `make accept-policy` from the policies in `Proto/`: what each method asks for and allows. `make test` compares.

            Beside these, `grpc.health.v1.Health` is public to whoever has a certificate, since a probe has no token, and
            `grpc.reflection.v1.ServerReflection` asks for the scope `admin:reflect`.

            | role | stands for |
            |---|---|

            """
        for (role, scopes) in roles.all {
            text += "| \(role) | \(scopes.isEmpty ? "what its token names" : scopes.joined(separator: ", ")) |\n"
        }
        for file in pool.files.filter({ names.contains($0.name ?? "") }).sorted(by: { ($0.name ?? "") < ($1.name ?? "") }) {
            let scope = (file.package ?? "").isEmpty ? "" : "\(file.package ?? "")."
            for service in file.service { text += section(scope + (service.name ?? "")) }
        }
        return text
    }

    private func section(_ name: String) -> String {
        var text = """

            ## \(name)

            | method | asks for | roles | of | quota | timeout, at most | repetition | recorded | request bytes | statements |
            |---|---|---|---|---|---|---|---|---|---|

            """
        for method in pool.service(named: name)?.methods ?? [] {
            let cells = DeclaredPolicy(method.proto, in: pool).map(cells) ?? Array(repeating: "—", count: 9)
            text += "| \(([method.name] + cells).joined(separator: " | ")) |\n"
        }
        return text
    }

    private func cells(_ policy: DeclaredPolicy) -> [String] {
        let access = policy.isPublic ? "nothing: \(policy.publicReason)" : policy.scopes.joined(separator: ", ")
        let holders = policy.isPublic ? "everybody" : roles.holding(policy.scopes).joined(separator: ", ")
        let times = "\(seconds(policy.timeout)), \(seconds(policy.longestTimeout))"
        return [
            access, holders.isEmpty ? "none" : holders, policy.tenant == .platform ? "platform" : "tenant",
            "\(policy.rateClass.map { "\($0)" } ?? "read") \(policy.cost ?? 1)", times, repetition(policy.idempotency),
            "\(policy.audit ?? .none)", policy.requestBytes.map { "\($0)" } ?? "—", policy.queries.map { "\($0)" } ?? "—",
        ]
    }

    private func repetition(_ idempotency: DeclaredPolicy.Idempotency?) -> String {
        switch idempotency {
        case .readOnly: "harmless"
        case .keyed: "by its key"
        case .some(.none), nil: "does it again"
        }
    }

    private func seconds(_ timeout: Duration?) -> String { timeout.map { "\($0)" } ?? "—" }
}
