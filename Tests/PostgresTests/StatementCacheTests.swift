@testable import Postgres
import Testing

@Suite struct StatementCacheTests {
    @Test("A statement is prepared once, whatever its values")
    func once() {
        var cache = StatementCache(capacity: 4)
        let first = cache.use("SELECT \(1)")
        let second = cache.use("SELECT \(2)")
        #expect(first.needsPreparation)
        #expect(!second.needsPreparation)
        #expect(first.name == second.name)
        #expect(first.name.utf8.count == 15)
        #expect(cache.count == 1)
    }

    @Test("The same text with other types is another statement")
    func types() {
        var cache = StatementCache(capacity: 4)
        let number = cache.use("SELECT \(1)")
        let text = cache.use("SELECT \("1")")
        #expect(text.needsPreparation)
        #expect(number.name != text.name)
        let nothing: Int? = nil
        #expect(!cache.use("SELECT \(nothing)").needsPreparation)
    }

    @Test("A name depends on nothing but the statement")
    func names() {
        #expect(StatementCache.name(of: "SELECT 1") == StatementCache.name(of: "SELECT 1"))
        var names: Set<String> = []
        var statement: SQL = "SELECT 1"
        for _ in 0..<1000 {
            names.insert(StatementCache.name(of: statement))
            statement = "\(statement) + 1"
        }
        #expect(names.count == 1000)
        #expect(names.allSatisfy { $0.utf8.count == 15 && $0.hasPrefix("s") })
    }

    @Test("The statement that was used longest ago goes first")
    func eviction() {
        var cache = StatementCache(capacity: 2)
        let one = cache.use("SELECT 1")
        _ = cache.use("SELECT 2")
        _ = cache.use("SELECT 1")
        let three = cache.use("SELECT 3")
        #expect(three.deallocations == [StatementCache.name(of: "SELECT 2")])
        #expect(!cache.use("SELECT 1").needsPreparation)
        #expect(cache.use("SELECT 2").deallocations == [three.name])
        #expect(one.deallocations.isEmpty)
    }

    @Test("What was lost, is outdated or failed is prepared again")
    func lost() {
        var cache = StatementCache(capacity: 4)
        let name = cache.use("SELECT 1").name
        cache.forget(name)
        #expect(cache.use("SELECT 1") == StatementCache.Use(name: name, needsPreparation: true))
        cache.markStale("SELECT 1")
        #expect(cache.use("SELECT 1") == StatementCache.Use(name: name, deallocations: [name], needsPreparation: true))
        #expect(cache.use("SELECT 1") == StatementCache.Use(name: name, needsPreparation: false))
        cache.forgetAll()
        #expect(cache.count == 0)
        #expect(cache.use("SELECT 1").needsPreparation)
    }
}
