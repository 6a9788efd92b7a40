internal import Net
public import RPC
internal import Synchronization

/// Runs no more calls of a method at once than its policy allows. A few more wait for their turn, in order, and no longer than their deadlines
/// let; further ones are refused.
public struct LimitConcurrency: ServerInterceptor {
    private let gates: [String: MethodGate]

    /// By the policies of the services' methods.
    public init(for services: [any Service]) {
        let methods = services.flatMap { $0.routes.map(\.method) }
        gates = Dictionary(
            uniqueKeysWithValues: methods.compactMap { method in
                method.policy?.concurrency.map { (method.path, MethodGate(method.fullName, most: $0)) }
            })
    }

    public func applies(to method: MethodInfo) -> Bool { gates[method.path] != nil }

    public func intercept(_ call: Call, next: Next) async throws {
        guard let gate = gates[call.path] else { return try await next(call) }
        try await gate.enter(deadline: call.deadline, at: call.loop.time)
        let began = call.loop.time
        do {
            try await next(call)
        } catch {
            gate.leave(after: call.loop.time - began, at: call.loop.time)
            throw error
        }
        gate.leave(after: call.loop.time - began, at: call.loop.time)
    }

    /// Calls of a method that run, and that wait.
    func counts(_ path: String) -> (running: Int, waiting: Int) { gates[path]?.counts ?? (0, 0) }
}
