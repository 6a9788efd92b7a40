/// The interceptors that calls of one method pass, outermost first. What waits for nothing runs in one loop, without a frame for each.
struct InterceptorChain: Sendable {
    private enum Link {
        // Functions, not what they belong to: a call takes each link in hand, and a function is one reference.
        case decides(@Sendable (Call) throws -> Void)
        case words(@Sendable (any Error, Call) -> any Error)
        case wraps(any ServerInterceptor)

        init(_ interceptor: any ServerInterceptor, for method: MethodInfo?) {
            switch interceptor {
            case let interceptor as any CallGuard:
                if let method { self = .decides(interceptor.admission(to: method)) } else { self = .decides { try interceptor.admit($0) } }
            case let interceptor as any ErrorFunnel: self = .words { interceptor.status(of: $0, $1) }
            default: self = .wraps(interceptor)
            }
        }
    }

    private let links: [Link]

    /// `method` is nil for calls that no method has been found for.
    init(_ interceptors: [any ServerInterceptor], for method: MethodInfo?) {
        links = interceptors.filter { interceptor in method.map { interceptor.applies(to: $0) } ?? true }.map { Link($0, for: method) }
    }

    static let empty = InterceptorChain([], for: nil)

    var isEmpty: Bool { links.isEmpty }

    /// There are funnels among them.
    var words: Bool {
        links.contains { link in
            if case .words = link { true } else { false }
        }
    }

    /// Runs a call from the interceptor at `start` on, and the handler behind the last one.
    func run(from start: Int, _ call: Call, _ route: Route?, _ exchange: Exchange) async throws {
        var index = start
        do {
            while index < links.count {
                switch links[index] {
                case .decides(let admit): try admit(call)
                case .words: break
                case .wraps(let interceptor):
                    return try await interceptor.intercept(
                        call, next: Next(chain: self, index: index + 1, route: route, exchange: exchange))
                }
                index += 1
            }
            guard let route else {
                throw RPCError(.unimplemented, "this server has no method \(call.path)")
            }
            if route.method.kind.hasOneRequest, !exchange.takeOnly() { try await exchange.waitForOnly() }
            try await route.run(call, Messages(exchange: exchange))
        } catch {
            throw worded(error, from: start, to: index, call)
        }
    }

    /// By all its funnels, the innermost first.
    func worded(_ error: any Error, _ call: Call) -> any Error { worded(error, from: 0, to: links.count, call) }

    /// By the funnels that the call has passed since `start`, the innermost first.
    private func worded(_ error: any Error, from start: Int, to end: Int, _ call: Call) -> any Error {
        var error = error
        for link in links[start..<min(end, links.count)].reversed() {
            if case .words(let status) = link { error = status(error, call) }
        }
        return error
    }
}
