public import Protobuf

extension Service {
    /// The same service, all of whose methods have `policy`: for one whose .proto declares none, such as gRPC's health service.
    public func governed(by policy: MethodPolicy) -> GovernedService<Self> {
        GovernedService(service: self, policy: policy)
    }
}

/// A service under a policy that its .proto does not have.
public struct GovernedService<Governed: Service>: Service {
    let service: Governed
    let policy: MethodPolicy

    public static var serviceName: String { Governed.serviceName }
    public static var file: EmbeddedFile { Governed.file }
    public var routes: [Route] { service.routes.map { $0.governed(by: policy) } }
}

extension Route {
    func governed(by policy: MethodPolicy) -> Route {
        Route(method.governed(by: policy), isUnknown: isUnknown, run)
    }
}

extension RouteTable {
    /// Throws when a method has no policy.
    func demandPolicies() throws(RPCError) {
        let undeclared = all.map(\.method).filter { $0.policy == nil }.map(\.fullName).sorted()
        guard let first = undeclared.first else { return }
        let others = undeclared.count == 1 ? "" : " and \(undeclared.count - 1) more"
        throw RPCError(
            .failedPrecondition,
            "\(first)\(others) \(undeclared.count == 1 ? "has" : "have") no policy: declare it by option (switchboard.options.v1.policy) in its .proto, or register the service as governed(by:)"
        )
    }
}
