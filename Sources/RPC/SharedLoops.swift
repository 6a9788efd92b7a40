internal import Net

extension EventLoopGroup {
    /// `given`, or what all of the process share.
    static func given(_ given: EventLoopGroup?) throws(RPCError) -> EventLoopGroup {
        if let given { return given }
        do throws(NetError) {
            return try .shared
        } catch {
            throw RPCError(.resourceExhausted, "the process can have no loops to run on: \(error)")
        }
    }
}
