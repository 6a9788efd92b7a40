/// A number for each way in which a program writes a statement, for all connections of a pool: each of them then looks for what it has prepared
/// by the number alone. What a statement is made of is compared in one place, which is read with every statement, and not in one for each
/// connection. Confined to the pool's loop.
final class StatementShapes {
    private struct Shape: Hashable {
        let statement: SQL

        static func == (left: Shape, right: Shape) -> Bool {
            left.statement.hasShape(of: right.statement)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(statement.fingerprint)
        }
    }

    private let capacity: Int
    private var numbers: [Shape: Int] = [:]
    /// The last one of each place that a fingerprint points to: most are found here, without a hash.
    private var recent: [(shape: SQL, number: Int)?] = Array(repeating: nil, count: 64)
    private var last = 0

    init(capacity: Int = 4 * Limits.preparedStatements) {
        self.capacity = capacity
    }

    /// From 1 on. One shape has one number until too many others have come; no two shapes ever have the same.
    func number(of statement: SQL) -> Int {
        let place = Int(truncatingIfNeeded: statement.fingerprint) & (recent.count - 1)
        if let (shape, number) = recent[place], shape.hasShape(of: statement) { return number }
        let shape = Shape(statement: statement.shape)
        let number = numbers[shape] ?? newNumber(for: shape)
        recent[place] = (shape.statement, number)
        return number
    }

    private func newNumber(for shape: Shape) -> Int {
        // Statements that are put together in ever new ways must not make this grow.
        if numbers.count >= capacity { numbers = [:] }
        last += 1
        numbers[shape] = last
        return last
    }
}
