/// What a test waited for has not come about.
public struct NeverCameAbout: Error, CustomStringConvertible {
    let what: String
    public var description: String { "it never came about that \(what)" }
}

/// Looks again and again until `condition` holds: for what another process or task does, of which no event tells.
///
/// - Parameters:
///   - what: ends the sentence "it never came about that".
///   - patience: far longer than the slowest machine takes.
public func eventually(
    _ what: String, within patience: Duration = .seconds(300), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + patience
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverCameAbout(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
