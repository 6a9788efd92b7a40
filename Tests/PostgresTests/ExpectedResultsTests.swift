@testable import Postgres
import Testing

@Suite struct ExpectedResultsTests {
    typealias Queue = ExpectedResults<String>

    /// A meaning as one word and its owner, to write transcripts with.
    static func word(_ meaning: Queue.Meaning) -> String {
        switch meaning {
        case .nothing: "-"
        case .prepared(let name, let owner): "prepared \(name) of \(owner)"
        case .preparationFailed(let name, let owner): "unprepared \(name) of \(owner)"
        case .statementSucceeded(let owner): "row of \(owner)"
        case .statementFailed(let owner): "error of \(owner)"
        case .groupEnded(let owner): "end of \(owner)"
        case .outOfStep: "out of step"
        }
    }

    static func transcript(_ requests: [(Queue.Request, String)], _ received: [Queue.Received]) -> [String] {
        var queue = Queue()
        for (request, owner) in requests { queue.expect(request, for: owner) }
        return received.map { word(queue.receive($0)) }
    }

    @Test("Each statement has a result and a NULL, each Sync a result only")
    func twoGroups() {
        let words = Self.transcript(
            [
                (.statement(isAwaited: true), "a"), (.statement(isAwaited: true), "a"), (.groupSync, "a"),
                (.statement(isAwaited: true), "b"), (.groupSync, "b"),
            ],
            [.success, .null, .success, .null, .sync, .success, .null, .sync])
        #expect(words == ["row of a", "-", "row of a", "-", "end of a", "row of b", "-", "end of b"])
    }

    @Test("After an error the rest of the group is skipped, and the next group is not")
    func error() {
        let words = Self.transcript(
            [
                (.statement(isAwaited: true), "a"), (.statement(isAwaited: true), "a"), (.groupSync, "a"),
                (.statement(isAwaited: true), "b"), (.groupSync, "b"),
            ],
            [.failure, .null, .skipped, .null, .sync, .success, .null, .sync])
        #expect(words == ["error of a", "-", "-", "-", "end of a", "row of b", "-", "end of b"])
    }

    @Test("A commit that fails is the group's error, and the next group has its own results")
    func failedCommit() {
        let words = Self.transcript(
            [(.statement(isAwaited: true), "a"), (.groupSync, "a"), (.statement(isAwaited: true), "b"), (.groupSync, "b")],
            [.success, .null, .failure, .null, .sync, .success, .null, .sync])
        #expect(words == ["row of a", "-", "error of a", "-", "end of a", "row of b", "-", "end of b"])
    }

    @Test("Preparations stand in a group of their own")
    func preparations() {
        let words = Self.transcript(
            [
                (.preparation("s1"), "a"), (.preparation("s2"), "a"), (.preparation("s3"), "a"), (.preparationSync, "a"),
                (.statement(isAwaited: true), "a"), (.groupSync, "a"),
            ],
            [.success, .null, .failure, .null, .skipped, .null, .sync, .failure, .null, .sync])
        #expect(
            words == [
                "prepared s1 of a", "-", "unprepared s2 of a", "-", "unprepared s3 of a", "-", "-", "error of a", "-", "end of a",
            ])
    }

    @Test(
        "What does not fit is found out",
        arguments: [
            ([.sync], "out of step"), ([.null], "out of step"), ([.success, .success], "out of step"), ([.success, .sync], "out of step"),
            ([.success, .null, .success], "out of step"), ([.success, .null, .sync, .sync], "out of step"),
            ([.success, .null, .sync, .null], "-"),
        ] as [([Queue.Received], String)])
    func outOfStep(_ received: [Queue.Received], _ last: String) {
        let words = Self.transcript([(.statement(isAwaited: true), "a"), (.groupSync, "a")], received)
        #expect(words.last == last)
    }

    @Test("The owners of what is left are each told once, in order")
    func removeAll() {
        var queue = Queue()
        for owner in ["a", "b", "c"] {
            queue.expect(.statement(isAwaited: true), for: owner)
            queue.expect(.statement(isAwaited: true), for: owner)
            queue.expect(.groupSync, for: owner)
        }
        for received: Queue.Received in [.success, .null, .success, .null, .sync, .success] { _ = queue.receive(received) }
        #expect(queue.nextOwner == "b")
        #expect(queue.removeAll() == ["b", "c"])
        #expect(queue.isEmpty)
        #expect(queue.removeAll() == [])
    }

    @Test("Rows that nobody waits for are not kept")
    func awaitsNext() {
        var queue = Queue()
        queue.expect(.statement(isAwaited: false), for: "a")
        queue.expect(.statement(isAwaited: true), for: "a")
        queue.expect(.groupSync, for: "a")
        #expect(!queue.awaitsNext)
        for received: Queue.Received in [.success, .null] { _ = queue.receive(received) }
        #expect(queue.awaitsNext)
    }

    @Test("A queue that is never empty keeps its order")
    func longLife() {
        var queue = Queue()
        var ended: [String] = []
        queue.expect(.statement(isAwaited: true), for: "0")
        queue.expect(.groupSync, for: "0")
        for number in 1...2000 {
            queue.expect(.statement(isAwaited: true), for: "\(number)")
            queue.expect(.groupSync, for: "\(number)")
            for received: Queue.Received in [.success, .null, .sync] {
                if case .groupEnded(let owner) = queue.receive(received) { ended.append(owner) }
            }
        }
        #expect(ended == (0..<2000).map { "\($0)" })
        #expect(queue.nextOwner == "2000")
    }
}
