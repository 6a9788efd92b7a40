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

    @Test("No name is ever used for another statement, whatever was forgotten meanwhile")
    func names() {
        var cache = StatementCache(capacity: 3)
        var texts: [String: String] = [:]
        var statement: SQL = "SELECT 1"
        for round in 0..<1000 {
            statement = round % 5 == 0 ? "SELECT 1" : "\(statement) + 1"
            let name = cache.use(statement).name
            #expect(texts[name] ?? statement.text == statement.text)
            texts[name] = statement.text
            if round % 7 == 0 { cache.forget(name) }
            if round % 101 == 0 { cache.forgetAll() }
            if round % 11 == 0 { cache.markStale(statement) }
        }
        #expect(texts.keys.allSatisfy { $0.hasPrefix("s") && $0.utf8.count <= 15 })
    }

    @Test("The statement that was used longest ago goes first")
    func eviction() {
        var cache = StatementCache(capacity: 2)
        let one = cache.use("SELECT 1")
        let two = cache.use("SELECT 2")
        _ = cache.use("SELECT 1")
        let three = cache.use("SELECT 3")
        #expect(three.deallocations == [two.name])
        #expect(!cache.use("SELECT 1").needsPreparation)
        #expect(cache.use("SELECT 2").deallocations == [three.name])
        #expect(one.deallocations.isEmpty)
    }

    @Test("What was lost, is outdated or failed is prepared again")
    func lost() {
        var cache = StatementCache(capacity: 4)
        let name = cache.use("SELECT 1").name
        cache.forget(name)
        let again = cache.use("SELECT 1")
        #expect(again.needsPreparation && again.deallocations.isEmpty)
        cache.markStale("SELECT 1")
        #expect(cache.use("SELECT 1") == StatementCache.Use(name: again.name, deallocations: [again.name], needsPreparation: true))
        #expect(cache.use("SELECT 1") == StatementCache.Use(name: again.name, needsPreparation: false))
        cache.forgetAll()
        #expect(cache.count == 0)
        #expect(cache.use("SELECT 1").needsPreparation)
    }
}
