import ProtoPolicy

extension DeclaredPolicy {
    /// The Swift that makes the runtime's policy of it: what is as it is by default is not written.
    var swift: String {
        var parts = [isPublic ? ".public(reason: \(quoted(publicReason)))" : ".scopes([\(scopes.map(quoted).joined(separator: ", "))])"]
        func add(_ name: String, _ value: String?) {
            if let value { parts.append("\(name): \(value)") }
        }
        add("tenant", tenant == .platform ? ".platform" : nil)
        add("rateClass", rateClass.flatMap { $0 == .read ? nil : ".\($0)" })
        add("cost", cost.flatMap { $0 > 1 ? "\($0)" : nil })
        add("timeout", timeout.map(Self.swift))
        add("longestTimeout", longestTimeout.map(Self.swift))
        add("idempotency", idempotency.flatMap { $0 == .none ? nil : ".\($0)" })
        add("audit", audit.flatMap { $0 == .none ? nil : ".\($0)" })
        add("requestBytes", requestBytes.map { "\($0)" })
        add("concurrency", concurrency.map { "\($0)" })
        add("queries", queries.map { "\($0)" })
        add("executor", executor == .threads ? ".threads" : nil)
        return "RPC.MethodPolicy(\(parts.joined(separator: ", ")))"
    }

    private static func swift(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if attoseconds == 0 { return ".seconds(\(seconds))" }
        // A google.protobuf.Duration has nanoseconds.
        return ".seconds(\(seconds)) + .nanoseconds(\(attoseconds / 1_000_000_000))"
    }
}
