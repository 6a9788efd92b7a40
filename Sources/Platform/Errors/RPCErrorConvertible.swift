public import RPC

/// An error of a service that knows which status its caller gets. Handlers throw it as it is; ``MapErrors`` turns it into the status.
public protocol RPCErrorConvertible: Error {
    var rpcError: RPCError { get }
}
