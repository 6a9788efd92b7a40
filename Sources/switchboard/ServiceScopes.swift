internal import AdminServer
internal import LeadServer
internal import Platform
internal import RPC
internal import StandardServices

extension MethodScopes {
    /// What each method of this program demands of a token.
    static let all = MethodScopes(merging: [Leads.scopes, JobAdministration.scopes, Operations.scopes, standard])

    private static let standard = MethodScopes([
        HealthMethods.check.info.path: .nothing,
        HealthMethods.watch.info.path: .nothing,
        HealthMethods.list.info.path: .nothing,
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo": .scope(Scopes.reflect),
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo": .scope(Scopes.reflect),
    ])
}
