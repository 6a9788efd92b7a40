/// How long the calls of each method may last at most: by its policy, and by what the server's configuration names.
struct LongestTimeouts: Sendable {
    private let most: Duration
    /// Of those methods that have one of their own; for most servers there are none.
    private var own: [ObjectIdentifier: Duration] = [:]

    /// `named` is by `package.Service/Method`, or by `package.Service`, which counts for methods that are not named themselves. Throws when
    /// there is no such method: a limit that nobody keeps would go unnoticed.
    init(most: Duration, named: [String: Duration], _ routes: RouteTable) throws(RPCError) {
        self.most = most
        var unused = Set(named.keys)
        for route in routes.all {
            guard let timeout = named[route.method.fullName] ?? named[route.method.service] else { continue }
            unused.remove(named[route.method.fullName] == nil ? route.method.service : route.method.fullName)
            own[ObjectIdentifier(route)] = min(timeout, most)
        }
        if let name = unused.min() {
            throw RPCError(.failedPrecondition, "longestTimeouts names \(name), and no such method or service is served")
        }
    }

    /// What a call gets whose client asks for `asked`. Nil, which lets it run up to the server's greatest, when neither names anything.
    func timeout(_ asked: Duration?, of route: Route?) -> Duration? {
        guard let route else { return asked.map { min($0, most) } }
        guard !own.isEmpty, let own = own[ObjectIdentifier(route)] else { return route.limits.timeout(asked, most: most) }
        return route.limits.timeout(asked ?? own, most: own)
    }
}
