import Testing

@testable import BillingServer

struct RecordIDTests {
    @Test("an id is aligned to 8 bytes: it is returned by asynchronous functions, which Swift 6.3 lets crash with what is aligned to 16")
    func alignment() {
        #expect(MemoryLayout<RecordID>.alignment == 8)
        #expect(MemoryLayout<RecordID>.size == 16)
    }

    @Test("an id is its text, and sorts as it does")
    func order() throws {
        let texts = [
            "00000000-0000-0000-0000-000000000000", "01890000-0000-7000-8000-000000000000", "01890000-0000-7000-8000-ffffffffffff",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ]
        let ids = try texts.map { try #require(RecordID($0)) }
        #expect(ids.map(\.description) == texts)
        #expect(ids == ids.sorted())
        #expect(RecordID(ids[1].value) == ids[1])
    }
}
