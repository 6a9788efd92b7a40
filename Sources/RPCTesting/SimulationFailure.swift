/// Why a simulation failed, and how to see it again.
public struct SimulationFailure: Error, CustomStringConvertible {
    public let seed: UInt64
    public let reason: String
    /// The last things that happened before.
    public let events: [String]

    public var description: String {
        """
        the simulation with seed \(seed) failed: \(reason)
        To see it again: Simulation.run(seed: \(seed)), with the same faults and the same body. The last events:
        \(events.map { "    " + $0 }.joined(separator: "\n"))
        """
    }
}
