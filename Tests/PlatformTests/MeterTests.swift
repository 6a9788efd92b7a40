import TestSupport
import Testing

@testable import Net
@testable import Platform

@Suite struct MeterTests {
    private static let rates = QuotaRates { Quota.standard(.principal, $0).rate(of: $0, share: .max) }

    private static func key(_ name: String) -> QuotaKey { QuotaKey(QuotaSubject.principal(name, of: "acme")) }

    @Test("Many threads at once are granted exactly the burst", arguments: [1, 8])
    func exact(_ threads: Int) async {
        let meter = Meter(Self.key("ada"), rates: Self.rates)
        let granted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<threads {
                group.addTask {
                    var granted = 0
                    for _ in 0..<2_000 where meter.take(1, of: .read, at: 1_000) != .refused { granted += 1 }
                    return granted
                }
            }
            return await group.reduce(0, +)
        }
        #expect(granted == 600)
        #expect(meter.retryAfter(1, of: .read, at: 1_000) == 100_000_000)
        // Other classes have quotas of their own.
        #expect(meter.take(120, of: .write, at: 1_000) == .takenOfFew)
        #expect(meter.retryAfter(6, of: .ai, at: 1_000) == nil)
    }

    @Test("What is given back can be taken again, whatever happened to the rate meanwhile")
    func giveBack() {
        let meter = Meter(Self.key("ada"), rates: Self.rates)
        #expect(meter.take(600, of: .read, at: 1) == .takenOfFew)
        meter.giveBack(600, of: .read)
        #expect(meter.remaining(of: .read, at: 1) == 600)
        meter.giveBack(.max, of: .read)
        #expect(meter.remaining(of: .read, at: 1) == 600)
    }

    @Test("Only the monotonic clock counts: it has no hour that could be put forward or back")
    func clock() {
        // Whatever sets the wall clock: what a meter is told is CLOCK_MONOTONIC, which no one can set.
        let meter = Meter(Self.key("ada"), rates: Self.rates)
        let now = MonotonicTime.now().nanoseconds
        #expect(meter.take(600, of: .read, at: now) == .takenOfFew)
        #expect(meter.take(1, of: .read, at: now) == .refused)
        // A loop that reads its clock an hour early, as if it had jumped back, waits no longer than the clock says, and gets nothing.
        #expect(meter.take(1, of: .read, at: now - 3_600_000_000_000) == .refused)
        #expect(meter.take(1, of: .read, at: now + 100_000_000) == .takenOfFew)
    }

    @Test("Idle meters that nobody holds make room for others; who holds one keeps it, and what it has counted")
    func eviction() throws {
        var table = MeterTable(capacity: 100)
        let held = try #require(table.meter(Self.key("held"), at: 0) { Meter(Self.key("held"), rates: Self.rates) })
        var busy: [QuotaKey] = []
        for index in 0..<50 {
            let key = Self.key("busy \(index)")
            busy.append(key)
            #expect(table.meter(key, at: 0) { Meter(key, rates: Self.rates) }?.take(600, of: .read, at: 0) == .takenOfFew)
        }
        // A million come and go, each of them idle by the time the next comes.
        for index in 0..<20_000 {
            let key = Self.key("\(index)")
            let meter = table.meter(key, at: UInt64(index)) { Meter(key, rates: Self.rates) }
            #expect(meter != nil)
            #expect(table.count <= 100)
        }
        #expect(table.meter(Self.key("held")) === held)
        for key in busy { #expect(table.meter(key)?.take(1, of: .read, at: 20_000) == .refused) }
        // A minute later these are idle, too.
        for index in 0..<1_000 {
            let key = Self.key("later \(index)")
            _ = table.meter(key, at: 61_000_000_000) { Meter(key, rates: Self.rates) }
        }
        #expect(busy.allSatisfy { table.meter($0) == nil })
        #expect(table.meter(Self.key("held")) === held)
    }

    @Test("A table that is full of busy ones takes no other, and forgets none")
    func full() {
        var table = MeterTable(capacity: 64)
        func make(_ index: Int) -> Meter? { table.meter(Self.key("\(index)"), at: 0) { Meter(Self.key("\(index)"), rates: Self.rates) } }
        for index in 0..<64 { #expect(make(index)?.take(300, of: .read, at: 0) == .taken) }
        #expect(make(64) == nil)
        for index in 0..<64 { #expect(make(index)?.remaining(of: .read, at: 0) == 300) }
    }

    @Test(
        "SEC-9 · Who finds all meters taken shares one with others of its tenant: as many as come take what one may, and nothing of the known"
    )
    func overflow() throws {
        let rates = Self.rates
        var meters = SubjectMeters { _ in 10 }
        func meter(_ name: String, of tenant: String, own: QuotaRates? = nil) -> Meter {
            meters.meter(of: .principal(name, of: tenant), own: own, common: rates, at: 0)
        }
        var known = (0..<10).map { meter("known \($0)", of: "acme") }
        for meter in known { #expect(meter.take(300, of: .read, at: 0) == .taken) }
        var granted = 0
        for index in 0..<20_000 {
            let stranger = meter("stranger \(index)", of: "acme")
            #expect(stranger.isOverflow)
            if stranger.take(1, of: .read, at: 0) != .refused { granted += 1 }
        }
        #expect(granted == 600)
        for (index, before) in known.enumerated() {
            #expect(meter("known \(index)", of: "acme") === before)
            #expect(before.remaining(of: .read, at: 0) == 300)
        }
        // Others do not wait for them; of the thousand places two tenants may have the same one.
        let shared = meter("stranger", of: "acme")
        let elsewhere = try #require((0..<100).map { meter("stranger", of: "tenant \($0)") }.first { $0 !== shared })
        #expect(elsewhere.take(600, of: .read, at: 0) == .takenOfFew)
        // Whom somebody gave a quota has a meter of its own, and so have the other kinds.
        let own = meter("own", of: "acme", own: QuotaRates { _ in CellRate(interval: 1, burst: 7) })
        #expect(!own.isOverflow && own.take(8, of: .read, at: 0) == .refused && own.take(7, of: .read, at: 0) == .takenOfFew)
        #expect(!meters.meter(of: .tenant("acme"), own: nil, common: rates, at: 0).isOverflow)
        #expect(!meters.meter(of: .endpoint("stripe", of: "acme"), own: nil, common: rates, at: 0).isOverflow)
        // However many come, of however many tenants: no more meters than places.
        for index in 0..<20_000 { _ = meter("stranger \(index)", of: "tenant \(index)") }
        #expect(meters.count <= 13 + Int(Limits.overflowMeters))
        // When nobody holds them any more and all is earned, there is room again.
        known = []
        let late = (0..<100).map { index in
            meters.meter(of: .principal("late \(index)", of: "acme"), own: nil, common: rates, at: 120_000_000_000)
        }
        #expect(late.filter { !$0.isOverflow }.count >= 9)
    }

    @Test("Whatever comes and goes, the table finds exactly what is in it")
    func model() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        var table = MeterTable(capacity: 1_000)
        var busyUntil: [String: UInt64] = [:]
        var now: UInt64 = 0
        for _ in 0..<20_000 {
            now += .random(in: 0...50_000_000, using: &random)
            let name = "\(Int.random(in: 0..<400, using: &random))"
            let key = Self.key(name)
            guard let meter = table.meter(key, at: now, make: { Meter(key, rates: Self.rates) }) else {
                Issue.record("seed \(seed)")
                return
            }
            #expect(max(meter.arrival(of: .read), now) == max(busyUntil[name] ?? 0, now), "seed \(seed)")
            _ = meter.take(.random(in: 1...100, using: &random), of: .read, at: now)
            busyUntil[name] = meter.arrival(of: .read)
        }
    }

    @Test("SEC-9 · A million principals have room in 200 MiB: ten thousand have it in a hundredth")
    func memory() throws {
        var table = MeterTable(capacity: Limits.meters(.principal))
        var addresses: [UInt] = []
        for index in 0..<10_000 {
            let key = Self.key("\(index)")
            let meter = try #require(table.meter(key, at: 0) { Meter(key, rates: Self.rates) })
            #expect(meter.take(1, of: .read, at: 0) == .taken)
            addresses.append(unsafe UInt(bitPattern: Unmanaged.passUnretained(meter).toOpaque()))
        }
        #expect(table.count == 10_000)
        // What one takes of the heap is how far apart two of them are, mostly.
        addresses.sort()
        let gaps = zip(addresses, addresses.dropFirst()).map { $1 - $0 }.sorted()
        let bytes = Int(gaps[gaps.count / 2]) * table.count + table.places * MemoryLayout<Meter?>.size
        #expect(bytes < (200 << 20) / 100, "they have \(bytes)")
    }
}
