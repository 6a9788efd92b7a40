internal import Net

/// The methods whose handlers run on an executor beside the loops: those whose policy says so, and those that the server's configuration
/// names.
struct HeavyMethods: Sendable {
    /// `package.Service/Method`, or `package.Service` for all of one.
    var names: Set<String> = []
    var executor: any TaskExecutor = WorkerPool.shared

    /// The routes of one service, the heavy ones moved.
    func moving(_ routes: [Route], of service: any Service) -> [Route] {
        let name = type(of: service).serviceName
        return routes.map { route in
            let isHeavy = route.method.policy?.executor == .threads || names.contains(name) || names.contains(route.method.fullName)
            return isHeavy ? route.moved(to: executor) : route
        }
    }

    /// A name that nothing bears would leave its method where it must not be.
    func check(_ routes: [Route], _ services: Set<String>) throws(RPCError) {
        let known = services.union(routes.map(\.method.fullName))
        if let unknown = names.subtracting(known).min() {
            throw RPCError(
                .failedPrecondition, "heavyMethods names \(unknown), which is neither a service of this server nor a method of one")
        }
    }
}

extension Route {
    /// The same, whose handler runs on `executor`: its request is decoded there, too, and its replies are encoded. A loop of a simulation
    /// has no threads beside it, and runs all by itself.
    func moved(to executor: any TaskExecutor) -> Route {
        let run = run
        return Route(method) { call, messages in
            guard call.loop.kernel == nil else { return try await run(call, messages) }
            // A child task begins there, whatever the optimizer makes of hops between functions that are nobody's; its parent waits on the
            // loop, hands cancellation on, and is where interceptors and the call's end have to be.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: executor) {
                    do {
                        // It may have waited for a thread for longer than its client has for it.
                        try Task.checkCancellation()
                        try await run(call, messages)
                    } catch {
                        await call.loop.catchUp()
                        throw error
                    }
                    await call.loop.catchUp()
                }
                try await group.waitForAll()
            }
        }
    }
}

extension EventLoop {
    /// Until it has done all that this thread has given it to do: a reply that is on its way there comes before the status.
    fileprivate func catchUp() async {
        await withCheckedContinuation { continuation in execute { continuation.resume() } }
    }
}
