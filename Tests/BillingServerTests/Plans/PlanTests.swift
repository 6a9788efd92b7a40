import TestSupport
import Testing

@testable import BillingServer

@Suite("Plans, fees and entitlements")
struct PlanTests {
    /// 2.5 % of the deal's value, 8.00 to 150.00; from the 51st meeting on 10 % less, from the 151st 20 %, from the 501st 30 %.
    private func plan() throws -> FeePlan {
        try FeePlan(
            share: Rate(basisPoints: 250), floor: 800, cap: 15_000,
            tiers: [
                .init(through: 50, discount: .zero), .init(through: 150, discount: Rate(basisPoints: 1_000)),
                .init(through: 500, discount: Rate(basisPoints: 2_000)), .init(through: nil, discount: Rate(basisPoints: 3_000)),
            ])
    }

    @Test(
        "A meeting's fee is its share less its own tier's discount, within floor and cap",
        arguments: [
            (250_000, 1, 6_250), (250_000, 50, 6_250), (250_000, 51, 5_625), (250_000, 150, 5_625), (250_000, 151, 5_000),
            (250_000, 501, 4_375), (0, 1, 800), (100, 501, 800), (Int64.max, 501, 15_000), (250_000, Int64.max, 4_375),
            // 2.5 % of 333.33 less 10 % is 749.9925 pence: below the floor; of 3,999.99 it is 8999.9775.
            (33_333, 51, 800), (399_999, 51, 9_000),
        ] as [(Int64, Int64, Int64)])
    func fees(dealValue: Int64, ordinal: Int64, fee: Int64) throws {
        #expect(try plan().fee(dealValue: dealValue, ordinal: ordinal) == fee)
    }

    @Test("A plan that contradicts itself is no plan")
    func contradictions() throws {
        let share = try Rate(basisPoints: 250)
        #expect(throws: BillingError.floorAboveCap) { try FeePlan(share: share, floor: 2, cap: 1) }
        #expect(throws: BillingError.amountNotPositive) { try FeePlan(share: share, floor: -1, cap: 1) }
        for bounds in [[50, 50], [0], [nil, 50], [10, nil, nil]] as [[Int64?]] {
            #expect(throws: BillingError.tiersNotAscending) {
                try FeePlan(share: share, floor: 0, cap: 1, tiers: bounds.map { .init(through: $0, discount: .zero) })
            }
        }
        #expect(throws: BillingError.amountNotPositive) { try plan().fee(dealValue: -1, ordinal: 1) }
        #expect(throws: BillingError.amountNotPositive) { try plan().fee(dealValue: 1, ordinal: 0) }
    }

    @Test("Each counted unit costs what its own tier says: one more never makes the others cheaper")
    func usage() throws {
        let price = try UsagePrice([
            .init(through: 100, unitPrice: 0), .init(through: 1_000, unitPrice: 10), .init(through: nil, unitPrice: 6),
        ])
        let charges: [(Int64, Int64)] = [(0, 0), (100, 0), (101, 10), (1_000, 9_000), (1_001, 9_006)]
        for (units, charge) in charges { #expect(try price.charge(for: units) == charge) }
        #expect(try price.parts(of: 150).map(\.units) == [100, 50])
        var last: Int64 = 0
        for units in Int64(0)...1_200 {
            let charge = try price.charge(for: units)
            #expect(charge >= last)
            last = charge
        }
        #expect(throws: BillingError.amountOutOfRange) { try price.charge(for: .max) }
        #expect(throws: BillingError.amountNotPositive) { try price.charge(for: -1) }
        #expect(throws: BillingError.tiersNotAscending) { try UsagePrice([.init(through: 100, unitPrice: 1)]) }
        #expect(throws: BillingError.tiersNotAscending) { try UsagePrice([]) }
        #expect(throws: BillingError.amountNotPositive) { try UsagePrice([.init(through: nil, unitPrice: -1)]) }
    }

    @Test("What came late costs what it would have cost in time, whatever was billed before")
    func lateUsage() throws {
        let price = try UsagePrice([
            .init(through: 100, unitPrice: 0), .init(through: 1_000, unitPrice: 10), .init(through: nil, unitPrice: 6),
        ])
        #expect(try price.parts(from: 90, through: 1_005).map(\.units) == [10, 900, 5])
        #expect(try price.parts(from: 1_000, through: 1_005) == [.init(units: 5, unitPrice: 6, amount: 30)])
        #expect(try price.parts(from: 7, through: 7).isEmpty)
        #expect(throws: BillingError.amountNotPositive) { try price.parts(from: 8, through: 7) }
        #expect(throws: BillingError.amountNotPositive) { try price.parts(from: -1, through: 7) }
        let seed = Soak.seed(9_017)
        var random = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let bounds = (0..<4).map { _ in Int64.random(in: 0...1_500, using: &random) }.sorted()
            var sum: Int64 = 0
            for (from, through) in zip(bounds, bounds.dropFirst()) {
                for part in try price.parts(from: from, through: through) { sum += part.amount }
            }
            #expect(try sum == price.charge(for: bounds[3]) - price.charge(for: bounds[0]), "seed \(seed)")
        }
    }

    @Test("A fee is billed once, after attendance; a no-show costs nothing, or is credited within the window")
    func feeStatus() throws {
        let legal: [FeeStatus: Set<FeeStatus>] = [.pending: [.earned, .void], .earned: [.billed, .void], .billed: [.credited, .earned]]
        for from in FeeStatus.allCases {
            for to in FeeStatus.allCases where legal[from]?.contains(to) != true {
                #expect(throws: BillingError.illegalTransition(of: "fee", from: from.rawValue, to: to.rawValue)) { try from.becoming(to) }
            }
            for to in legal[from] ?? [] { #expect(try from.becoming(to) == to) }
        }
        // What is billed is earned again by its bill's cancellation, not by somebody who says again that it was attended.
        #expect(try FeeStatus.pending.afterAttendance() == .earned)
        for from in FeeStatus.allCases where from != .pending { #expect(throws: BillingError.self) { try from.afterAttendance() } }
        let billed = CivilDate(known: "2025-10-01")
        func afterNoShow(_ status: FeeStatus, _ today: String) throws -> FeeStatus {
            try status.afterNoShow(billedOn: billed, today: CivilDate(known: today), windowDays: 7)
        }
        #expect(try afterNoShow(.pending, "2025-12-31") == .void)
        #expect(try afterNoShow(.billed, "2025-10-08") == .credited)
        #expect(throws: BillingError.self) { try afterNoShow(.billed, "2025-10-09") }
        #expect(throws: BillingError.self) { try afterNoShow(.void, "2025-10-02") }
        #expect(throws: BillingError.self) { try FeeStatus.billed.afterNoShow(billedOn: nil, today: billed, windowDays: 7) }
    }

    @Test("The plan, then add-ons, then the day's overrides; what nobody names is not granted")
    func entitlements() throws {
        let entitlements = try Entitlements(
            plan: ["documents": .limit(50), "voice": .isOn(false), "sso": .isOn(false), "users": .limit(2), "storage": .limit(.max)],
            addOns: [["documents": .limit(25), "voice": .isOn(true)], ["users": .unlimited]],
            overrides: [
                .init(feature: "sso", value: .isOn(true), from: CivilDate(known: "2025-10-01"), through: CivilDate(known: "2025-10-01")),
                .init(feature: "documents", value: .limit(5), from: CivilDate(known: "2025-10-02"), through: nil),
            ], on: Samples.day)
        #expect(entitlements["documents"] == .limit(75))
        #expect(entitlements.allows("documents", used: 74))
        #expect(!entitlements.allows("documents", used: 75))
        #expect(!entitlements.allows("documents", used: .max))
        #expect(entitlements.allows("storage", used: .max - 1) && !entitlements.allows("storage", used: .max))
        #expect(entitlements.allows("voice") && entitlements.allows("sso") && entitlements.allows("users", used: 1_000))
        #expect(!entitlements.allows("ai_insights"))
        let plan: [String: Entitlements.Value] = ["documents": .limit(.max)]
        #expect(throws: BillingError.amountOutOfRange) { try Entitlements(plan: plan, addOns: [["documents": .limit(1)]], on: Samples.day) }
        #expect(throws: BillingError.amountNotPositive) { try Entitlements(plan: ["documents": .limit(-1)], on: Samples.day) }
    }
}
