internal import Synchronization

extension Database {
    /// A role's password, which may become another one while the database is in use: connections that are open stay, new ones use the new
    /// one, and the one before for as long as PostgreSQL takes no other. So it does not matter who learns of it first.
    public final class Password: Sendable {
        private struct State {
            var current: String
            var previous: String?
            var read: (@Sendable () throws -> String)?

            mutating func become(_ text: String) {
                guard text != current else { return }
                previous = current
                current = text
            }
        }

        private let state: Mutex<State>

        public init(_ text: String) {
            state = Mutex(State(current: text))
        }

        /// - Parameter read: gives the password as it is now. Called here, and again when PostgreSQL refuses the one that is known, on a thread
        ///   that may block.
        public init(reading read: @escaping @Sendable () throws -> String) throws {
            state = Mutex(State(current: try read(), read: read))
        }

        /// From now on what the other one is, read as that is.
        public func replace(with other: Password) {
            let (text, read) = other.state.withLock { ($0.current, $0.read) }
            state.withLock { state in
                state.read = read
                state.become(text)
            }
        }

        /// Those to try, the best first.
        var candidates: [String] {
            state.withLock { [$0.current] + ($0.previous.map { [$0] } ?? []) }
        }

        /// Reads it again. What cannot be read now leaves it as it was.
        func refresh() {
            guard let read = state.withLock({ $0.read }), let text = try? read() else { return }
            state.withLock { $0.become(text) }
        }

        /// PostgreSQL has taken this one: with the newest taken, the one before is of no use any more.
        func accepted(_ text: String) {
            state.withLock { state in
                if text == state.current { state.previous = nil }
            }
        }
    }
}

/// The passwords that one attempt to connect goes through: the newest, then, refused, what its source has by now, then the one before.
struct PasswordAttempts {
    private let password: Database.Password?
    private(set) var current: String?
    private var tried: [String] = []

    init(_ password: Database.Password?) {
        self.password = password
        _ = advance()
    }

    /// Takes the next one that was not tried; false when there is none.
    mutating func advance() -> Bool {
        guard let next = password?.candidates.first(where: { !tried.contains($0) }) else { return false }
        tried.append(next)
        current = next
        return true
    }

    /// After a refusal. It may read a file: for a thread that may block.
    func refresh() { password?.refresh() }

    func accepted() {
        if let current { password?.accepted(current) }
    }
}
