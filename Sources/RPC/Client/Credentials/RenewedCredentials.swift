public import Net
internal import Synchronization

/// Credentials that are kept until shortly before they expire, and fetched by one call for all that wait.
///
/// Within `margin` of their end they still serve, while they are renewed beside the calls: no call waits for a renewal that goes well.
public final class RenewedCredentials: CallCredentials {
    /// What a source gave.
    public struct Grant: Sendable {
        public let metadata: Metadata
        /// When it is of no use any more; nil for never.
        public let expires: MonotonicTime?

        public init(_ metadata: Metadata, expires: MonotonicTime? = nil) {
            self.metadata = metadata
            self.expires = expires
        }

        public init(_ metadata: Metadata, lasting lifetime: Duration) {
            self.init(metadata, expires: .now() + lifetime)
        }
    }

    private let source: @Sendable () async throws -> Grant
    private let clock: @Sendable () -> MonotonicTime
    private let state: Mutex<State>

    private struct State {
        var renewal: Renewal
        var grant: Grant?
        var fetching: Task<Grant, any Error>?
    }

    /// - Parameters:
    ///   - margin: how long before their end they are renewed.
    ///   - clock: what `Grant.expires` is measured by.
    ///   - source: where they come from; one at a time runs.
    public init(
        before margin: Duration = .seconds(60), clock: @escaping @Sendable () -> MonotonicTime = { .now() },
        _ source: @escaping @Sendable () async throws -> Grant
    ) {
        self.source = source
        self.clock = clock
        state = Mutex(State(renewal: Renewal(margin: margin)))
    }

    public func cached(at now: MonotonicTime) -> Metadata? {
        let now = clock()
        return state.withLock { look(&$0, at: now) }
    }

    public func fetch() async throws -> Metadata {
        let now = clock()
        let found: Found = state.withLock { state in
            // In one step: what came a moment ago must not be asked for again.
            if let metadata = look(&state, at: now) { return .metadata(metadata) }
            let task = state.fetching ?? begin()
            state.fetching = task
            return .task(task)
        }
        switch found {
        case .metadata(let metadata): return metadata
        case .task(let task): return try await task.value.metadata
        }
    }

    private enum Found {
        case metadata(Metadata)
        case task(Task<Grant, any Error>)
    }

    private func look(_ state: inout State, at now: MonotonicTime) -> Metadata? {
        switch state.renewal.need(at: now, expires: state.grant?.expires, has: state.grant != nil) {
        case .none: return state.grant?.metadata
        case .renewal:
            if state.fetching == nil { state.fetching = begin() }
            return state.grant?.metadata
        case .fetch: return nil
        }
    }

    private func begin() -> Task<Grant, any Error> {
        Task {
            do {
                let grant = try await source()
                state.withLock { state in
                    state.grant = grant
                    state.fetching = nil
                    state.renewal.succeeded()
                }
                return grant
            } catch {
                let now = clock()
                state.withLock { state in
                    state.fetching = nil
                    state.renewal.failed(at: now)
                }
                throw error
            }
        }
    }
}

/// When credentials are fetched. Pure.
struct Renewal {
    enum Need: Equatable {
        case none
        /// They serve, and should be fetched beside.
        case renewal
        /// There are none that serve.
        case fetch
    }

    let margin: Duration
    private var failedAt: MonotonicTime?

    init(margin: Duration) {
        self.margin = margin
    }

    func need(at now: MonotonicTime, expires: MonotonicTime?, has: Bool) -> Need {
        guard has else { return .fetch }
        guard let expires else { return .none }
        if now >= expires { return .fetch }
        if now < expires + (.zero - margin) { return .none }
        // A source in trouble is not asked for every call while the old ones serve.
        if let failedAt, now < failedAt + Limits.renewalPause { return .none }
        return .renewal
    }

    mutating func succeeded() { failedAt = nil }
    mutating func failed(at now: MonotonicTime) { failedAt = now }
}
