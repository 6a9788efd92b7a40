import AdminAPI
import AdminServer
import Crypto
import Net
import Postgres
import RPC
import Senders
import TestSupport
import Testing

@testable import Platform

/// DeliveryService over a socket.
@Suite struct DeliveryServiceTests {
    private static func text(_ key: String, to number: String = "+919876543210") throws -> Delivery {
        try Delivery(.textMessage(TextMessage(to: PhoneNumber(number), text: "x")), dedupeKey: key)
    }

    /// Writes messages down; nobody sends them.
    private static func enqueue(_ deliveries: [Delivery], tenant: String = "a", _ world: AdminWorld) async throws {
        try await world.database.batch(world.scope(tenant)) { batch in
            for delivery in deliveries { batch.send(delivery) }
        }
    }

    /// As after an attempt that nobody knows the end of.
    private static func lose(_ delivery: Delivery, _ world: AdminWorld) async throws {
        try await world.database.batch(world.scope()) {
            $0.enqueue("UPDATE delivery SET state = 'unknown', attempt = 1, reason = 'no answer came' WHERE id = \(delivery.id)")
            $0.enqueue("DELETE FROM job")
        }
    }

    private static func get(_ id: UUIDv7, _ world: AdminWorld, tenant: String = "a") async throws -> AdminAPI.DeliveryRecord {
        var request = GetDeliveryRequest()
        request.id = id.description
        return try await world.deliveries.getDelivery(request, world.options(tenant))
    }

    private static func resolve(
        _ id: UUIDv7, _ resolution: AdminAPI.DeliveryResolution, _ world: AdminWorld, tenant: String = "a"
    ) async throws -> AdminAPI.DeliveryRecord {
        var request = ResolveDeliveryRequest()
        request.id = id.description
        request.resolution = resolution
        return try await world.deliveries.resolveDelivery(request, world.options(tenant))
    }

    private static func jobs(_ world: AdminWorld) async throws -> [String] {
        try await world.database.batch(world.scope()) { $0.all("SELECT kind FROM job WHERE state = 'ready' ORDER BY id") }
    }

    @Test("pages bring every message once, the newest first, by state and recipient, and a token opens only its own list")
    func pages() async throws {
        try await AdminWorld.with { world in
            let all = try (0..<7).map { try Self.text("k\($0)") }
            let other = try Self.text("other", to: "+15017122661")
            try await Self.enqueue(all + [other], world)
            try await Self.enqueue([try Self.text("k0")], tenant: "b", world)
            try await Self.lose(all[2], world)
            var request = ListDeliveriesRequest()
            request.recipient = "+919876543210"
            request.pageSize = 3
            var seen: [String] = []
            var tokens: [String] = []
            repeat {
                let reply = try await world.deliveries.listDeliveries(request, world.options())
                seen += reply.deliveries.map(\.id)
                request.pageToken = reply.nextPageToken
                tokens.append(reply.nextPageToken)
            } while !request.pageToken.isEmpty
            #expect(seen == all.reversed().map(\.id.description))
            #expect(tokens.count == 3)

            func found(_ change: (inout ListDeliveriesRequest) -> Void) async throws -> [String] {
                var request = ListDeliveriesRequest()
                change(&request)
                return try await world.deliveries.listDeliveries(request, world.options()).deliveries.map(\.id)
            }
            #expect(try await found { $0.state = .unknown } == [all[2].id.description])
            #expect(try await found { $0.recipient = "+15017122661" } == [other.id.description])
            #expect(try await found { _ in }.count == 8)
            let none = try await found {
                $0.state = .unknown
                $0.recipient = "+15017122661"
            }
            #expect(none == [])

            request.pageToken = tokens[0]
            #expect(
                await refusal { try await world.deliveries.listDeliveries(request, world.options("b")) }?.reason == "PAGE_TOKEN_INVALID")
            request.recipient = ""
            #expect(await refusal { try await world.deliveries.listDeliveries(request, world.options()) }?.reason == "PAGE_TOKEN_INVALID")
            request.pageToken = "A" + tokens[0].dropFirst()
            #expect(await refusal { try await world.deliveries.listDeliveries(request, world.options()) }?.reason == "PAGE_TOKEN_INVALID")
        }
    }

    @Test("a message is shown with all that is known of it, but for its text")
    func shown() async throws {
        try await AdminWorld.with { world in
            let delivery = try Self.text("k")
            try await Self.enqueue([delivery], world)
            var record = try await Self.get(delivery.id, world)
            #expect((record.channel, record.recipient, record.dedupeKey) == (.sms, "+919876543210", "k"))
            #expect((record.state, record.attempts, record.reason) == (.queued, 0, ""))
            #expect(record.createdAt == record.changedAt && record.createdAt != nil)
            try await Self.lose(delivery, world)
            record = try await Self.get(delivery.id, world)
            #expect((record.state, record.attempts, record.reason) == (.unknown, 1, "no answer came"))
        }
    }

    @Test("what the .proto does not allow is refused")
    func rules() async throws {
        try await AdminWorld.with { world in
            var list = ListDeliveriesRequest()
            list.pageSize = 101
            #expect(await refusal { try await world.deliveries.listDeliveries(list, world.options()) }?.reason == "FIELD_VIOLATION")
            list.pageSize = 0
            list.state = AdminAPI.DeliveryState(rawValue: 99)
            #expect(await refusal { try await world.deliveries.listDeliveries(list, world.options()) }?.reason == "FIELD_VIOLATION")
            list = ListDeliveriesRequest()
            list.recipient = String(repeating: "x", count: 2_101)
            #expect(await refusal { try await world.deliveries.listDeliveries(list, world.options()) }?.reason == "FIELD_VIOLATION")
            #expect(
                await refusal { try await world.deliveries.getDelivery(GetDeliveryRequest(), world.options()) }?.reason == "FIELD_VIOLATION"
            )
            let id = UUIDv7Generator.system.next()
            #expect(await refusal { try await Self.resolve(id, .unspecified, world) }?.reason == "FIELD_VIOLATION")
            #expect(await refusal { try await Self.resolve(id, .accepted, world) }?.reason == "RESOURCE_NOT_FOUND")
        }
    }

    @Test("R8 · another tenant's message is one that does not exist, whatever is asked")
    func isolation() async throws {
        try await AdminWorld.with { world in
            let delivery = try Self.text("k")
            try await Self.enqueue([delivery], world)
            try await Self.lose(delivery, world)
            #expect(await refusal { try await Self.get(delivery.id, world, tenant: "b") }?.code == .notFound)
            #expect(await refusal { try await Self.resolve(delivery.id, .sendAgain, world, tenant: "b") }?.code == .notFound)
            #expect(try await world.deliveries.listDeliveries(ListDeliveriesRequest(), world.options("b")).deliveries == [])
            #expect(try await Self.get(delivery.id, world).state == .unknown)
        }
    }

    @Test(
        "R2 · somebody says what became of an unknown message, once; only his word sends it again",
        arguments: [(AdminAPI.DeliveryResolution.accepted, AdminAPI.DeliveryState.accepted), (.refused, .refused), (.sendAgain, .queued)])
    func resolved(resolution: AdminAPI.DeliveryResolution, state: AdminAPI.DeliveryState) async throws {
        try await AdminWorld.with { world in
            let delivery = try Self.text("k")
            try await Self.enqueue([delivery], world)
            let early = await refusal { try await Self.resolve(delivery.id, resolution, world) }
            #expect((early?.code, early?.reason) == (.failedPrecondition, "PRECONDITION_FAILED"))
            try await Self.lose(delivery, world)
            let record = try await Self.resolve(delivery.id, resolution, world)
            #expect((record.state, record.resolvedBy) == (state, "tester/ada"))
            #expect(try await Self.jobs(world) == (resolution == .sendAgain ? ["outbound.deliver_sms"] : []))
            #expect(await refusal { try await Self.resolve(delivery.id, resolution, world) }?.reason == "PRECONDITION_FAILED")
            #expect(try await Self.jobs(world).count == (resolution == .sendAgain ? 1 : 0), "and makes no second job")
        }
    }

    @Test("of many who resolve a message at once one is heard")
    func race() async throws {
        try await AdminWorld.with { world in
            let delivery = try Self.text("k")
            try await Self.enqueue([delivery], world)
            try await Self.lose(delivery, world)
            let heard = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        await refusal { try await Self.resolve(delivery.id, number % 2 == 0 ? .accepted : .refused, world) } == nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(heard == 1)
        }
    }
}
