import HTTP2
import Net
import StandardTypes
import Synchronization
import Testing

@testable import Platform
@testable import RPC

/// A clock that stands until it is moved.
final class SetClock: Sendable {
    private let nanoseconds: Atomic<UInt64>

    init(_ time: UInt64 = 1_000_000_000) { nanoseconds = Atomic(time) }

    var time: MonotonicTime { MonotonicTime(nanoseconds: nanoseconds.load(ordering: .relaxed)) }

    func advance(_ duration: Swift.Duration) { nanoseconds.add(UInt64(duration.wholeNanoseconds), ordering: .relaxed) }
}

@Suite struct LimitCallsTests {
    private let world: CallWorld
    private let clock = SetClock()
    private let quotas: Quotas
    private let limit: LimitCalls

    init() throws {
        world = try CallWorld()
        let clock = clock
        quotas = Quotas(clock: { clock.time })
        limit = LimitCalls(quotas)
    }

    private func call(
        _ rateClass: MethodPolicy.RateClass, cost: Int = 1, by subject: String? = "ada", for actors: [String] = [],
        of tenant: String = "acme",
        service: String? = nil
    ) throws -> Call {
        let policy = MethodPolicy(.public(reason: "a test"), rateClass: rateClass, cost: cost)
        let method = Method<Empty, Empty>(service: "test.Service", name: "Method", kind: .unary, policy: policy)
        let call = Call(
            route: Route(method) { _, _ in }, metadata: Metadata(),
            peer: Peer(address: try SocketAddress(ip: "127.0.0.1", port: 1), certificate: nil, isSecure: true), deadline: nil,
            loop: world.loop)
        if let service {
            call.principal = PeerIdentity(service: ServiceIdentity(trustDomain: "test", name: service), certificateDigest: [])
        }
        if let subject {
            call.authenticated(
                as: Caller(
                    service: service ?? "voice", subject: subject, actors: actors, tenant: tenant, scopes: [], tokenID: "1", expires: .max))
        }
        return call
    }

    /// How many of `count` calls are let through.
    private func admitted(_ count: Int, _ call: Call) -> Int {
        (0..<count).filter { _ in (try? limit.admit(call)) != nil }.count
    }

    private func refusal(_ call: Call) -> RPCError? {
        do {
            try limit.admit(call)
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @Test(
        "R17 · Each class of methods has its limit a minute, and one call more is refused",
        arguments: [
            (MethodPolicy.RateClass.read, 600), (.write, 120), (.send, 30), (.ai, 5), (.admin, 30), (.ingest, 100),
        ])
    func classes(_ rateClass: MethodPolicy.RateClass, _ most: Int) throws {
        let call = try call(rateClass)
        #expect(admitted(most, call) == most)
        #expect(refusal(call)?.code == .resourceExhausted)
        // Evenly from then on: so many in each minute.
        clock.advance(.seconds(60))
        #expect(admitted(most + 1, call) == most)
    }

    @Test("R15 · The sixth call of a model is refused: the quota is named, and who comes back when he is told to is let in")
    func refusals() throws {
        let call = try call(.ai)
        #expect(admitted(5, call) == 5)
        clock.advance(.milliseconds(300))
        let error = try #require(refusal(call))
        #expect(error.code == .resourceExhausted)
        #expect(error.reason == ErrorReason.rateLimited.rawValue)
        #expect(error.message == "The principal has used up its quota \"ai\" (5 a minute, 5 at once). Try again in 12 s.")
        let failure = try #require(error.detail(QuotaFailure.self))
        #expect(failure.violations.map(\.subject) == ["principal:acme/ada"])
        #expect(failure.violations.map(\.description) == ["ai: 5 a minute, 5 at once"])
        // 11.7 s, rounded up: whole seconds, so that it is true for who has no milliseconds.
        #expect(error.detail(RetryInfo.self)?.retryDelay?.seconds == 12)
        #expect(error.pushback == .after(.seconds(12)))
        #expect(error.trailers["ratelimit-remaining"] == "0")
        #expect(error.trailers["ratelimit-reset"] == "12")
        clock.advance(.seconds(11))
        #expect(refusal(call)?.detail(RetryInfo.self)?.retryDelay?.seconds == 1)
        clock.advance(.seconds(1))
        #expect(refusal(call) == nil)
        // Cheap reads go on.
        #expect(admitted(600, try self.call(.read)) == 600)
    }

    @Test("R15 · A call that costs more takes more; one that costs more than there ever is at once is not asked to come again")
    func costs() throws {
        #expect(admitted(3, try call(.ai, cost: 2)) == 2)
        #expect(admitted(3, try call(.ai, cost: 1)) == 1)
        let error = try #require(refusal(try call(.ai, cost: 6)))
        #expect(error.pushback == .never)
        #expect(error.detail(RetryInfo.self) == nil)
        #expect(error.detail(QuotaFailure.self) != nil)
    }

    @Test(
        "E7 · R28 · SEC-9 · Who is at the limit leaves the others of its tenant and address theirs, whatever token and service it comes with"
    )
    func principals() throws {
        #expect(admitted(700, try call(.read, by: "ada")) == 600)
        #expect(admitted(700, try call(.read, by: "ada")) == 0)
        #expect(admitted(700, try call(.read, by: "grace")) == 600)
        #expect(admitted(700, try call(.read, by: "ada", of: "umbrella")) == 600)
    }

    @Test(
        "E7 · R28 · SEC-9 · A tenant has a limit, too: it holds for all its callers together, and takes nothing of the one who is refused")
    func tenants() throws {
        for index in 0..<10 { #expect(admitted(30, try call(.send, by: "user-\(index)")) == 30) }
        let late = try call(.send, by: "late")
        let error = try #require(refusal(late))
        #expect(error.detail(QuotaFailure.self)?.violations.map(\.subject) == ["tenant:acme"])
        #expect(error.detail(RetryInfo.self)?.retryDelay?.seconds == 1)
        #expect(admitted(40, try call(.send, by: "other", of: "umbrella")) == 30)
        #expect(admitted(100, late) == 0)
        // Being refused for the tenant has cost it nothing.
        clock.advance(.seconds(60))
        #expect(admitted(40, late) == 30)
    }

    @Test("R5 · Who probes has a quota for that alone: it takes nothing of what its service reads, and of no other service's")
    func probes() throws {
        let probe = try call(.probe, by: nil, service: "prober")
        #expect(admitted(6_100, probe) == 6_000)
        let error = try #require(refusal(probe))
        #expect(error.code == .resourceExhausted)
        #expect(error.detail(QuotaFailure.self)?.violations.map(\.subject) == ["service:prober"])
        #expect(error.detail(QuotaFailure.self)?.violations.map(\.description) == ["probe: 6000 a minute, 6000 at once"])
        #expect(error.detail(RetryInfo.self)?.retryDelay?.seconds == 1)
        #expect(admitted(1, try call(.read, by: nil, service: "prober")) == 1)
        #expect(admitted(1, try call(.probe, by: nil, service: "another")) == 1)
        clock.advance(.seconds(1))
        #expect(admitted(200, probe) == 100)
    }

    @Test(
        "R17 · A service that calls in its own name may do a thousand times what a person may, but for what reaches people or costs money",
        arguments: [
            (MethodPolicy.RateClass.read, 100_000, 10_000), (.write, 20_000, 2_000), (.ingest, 10_000, 1_000), (.probe, 6_000, 100),
            (.send, 300, 5), (.ai, 50, 0), (.admin, 300, 5),
        ])
    func services(_ rateClass: MethodPolicy.RateClass, _ atOnce: Int, _ aSecond: Int) throws {
        // By its certificate, and by its token in a tenant: two quotas of the same size.
        for call in [try call(rateClass, by: nil, service: "crew"), try call(rateClass, by: "crew", service: "crew")] {
            #expect(admitted(atOnce, call) == atOnce)
            #expect(refusal(call)?.code == .resourceExhausted)
        }
        clock.advance(.seconds(1))
        #expect(admitted(2 * aSecond + 1, try call(rateClass, by: "crew", service: "crew")) == aSecond)
    }

    @Test("SEC-9 · What a service does in its own name takes nothing from the tenant's people, but for what reaches others or costs money")
    func serviceInTenant() throws {
        let own = try call(.read, by: "crew", service: "crew")
        #expect(admitted(200_000, own) == 100_000)
        #expect(refusal(own)?.detail(QuotaFailure.self)?.violations.map(\.subject) == ["service:acme/crew"])
        #expect(admitted(700, try call(.read)) == 600)
        // Nor from what it does for another tenant, or with its certificate alone.
        #expect(admitted(1, try call(.read, by: "crew", of: "umbrella", service: "crew")) == 1)
        #expect(admitted(1, try call(.read, by: nil, service: "crew")) == 1)
        // In somebody's name it is that one, whoever acts; and a name is a service's in that service's hands only.
        #expect(admitted(700, try call(.read, by: "grace", for: ["crew"], service: "crew")) == 600)
        #expect(admitted(700, try call(.read, by: "crew", service: "voice")) == 600)
        #expect(admitted(700, try call(.read, by: "voice", for: ["voice"], service: "voice")) == 600)
        // Thirty mails of a person leave as many fewer to the tenant, and so do a service's.
        #expect(admitted(400, try call(.send, by: "crew", service: "crew")) == 300)
        let late = try #require(refusal(try call(.send)))
        #expect(late.detail(QuotaFailure.self)?.violations.map(\.subject) == ["tenant:acme"])
    }

    @Test("SEC-9 · Behind a proxy that is believed the client's service is counted, not the proxy's")
    func proxied() throws {
        let guardian = BelieveProxies(
            [ServiceIdentity(trustDomain: CallWorld.trustDomain, name: "voice")], trustDomain: CallWorld.trustDomain)
        let policy = MethodPolicy(.public(reason: "a test"), rateClass: .probe)
        func call(for client: String?) throws -> Call {
            let header = client.map { name in
                [
                    (
                        "x-forwarded-client-cert",
                        "Hash=\(String(repeating: "ab", count: 32));URI=spiffe://\(CallWorld.trustDomain)/svc/\(name)"
                    )
                ]
            }
            let call = Call(
                route: CallWorld.route("test.Service/Method", policy), metadata: Metadata(header ?? []),
                peer: Peer(address: try SocketAddress(ip: "127.0.0.1", port: 1), certificate: world.certificate, isSecure: true),
                deadline: nil, loop: world.loop)
            try RequireCertificate(trustDomain: CallWorld.trustDomain).admit(call)
            try guardian.admit(call)
            return call
        }
        #expect(admitted(7_000, try call(for: "one")) == 6_000)
        #expect(refusal(try call(for: "one"))?.detail(QuotaFailure.self)?.violations.map(\.subject) == ["service:one"])
        #expect(admitted(1, try call(for: "two")) == 1)
        #expect(admitted(1, try call(for: nil)) == 1)
    }

    @Test(
        "R7 · An endpoint of a provider has a hundred a minute, whatever it sends; the 101st waits for its second, and no other endpoint does"
    )
    func endpoints() throws {
        let stripe = QuotaSubject.endpoint("stripe/in-1", of: "acme")
        for _ in 0..<100 { try quotas.take(1, of: .ingest, by: stripe) }
        let error = #expect(throws: RPCError.self) { try quotas.take(1, of: .ingest, by: stripe) }
        #expect(error?.code == .resourceExhausted)
        #expect(error?.detail(RetryInfo.self)?.retryDelay?.seconds == 1)
        try quotas.take(1, of: .ingest, by: .endpoint("stripe/in-2", of: "acme"))
        try quotas.take(1, of: .ingest, by: .endpoint("stripe/in-1", of: "umbrella"))
        clock.advance(.seconds(1))
        try quotas.take(1, of: .ingest, by: stripe)
    }

    @Test("R15 · What a model has cost is charged when it is known, and the day's budget ends what comes after it")
    func spending() throws {
        let acme = QuotaSubject.tenant("acme")
        quotas.apply(QuotaBook([QuotaBook.Entry(kind: .tenant, subject: acme, class: .spending, quota: Quota(perPeriod: 1_000_000))]))
        try quotas.take(400_000, of: .spending, by: acme)
        // It was more than anybody had thought.
        quotas.charge(900_000, of: .spending, to: acme)
        let error = #expect(throws: RPCError.self) { try quotas.take(1, of: .spending, by: acme) }
        #expect(error?.reason == ErrorReason.costBudget.rawValue)
        #expect(error?.detail(QuotaFailure.self)?.violations.map(\.description) == ["spending: 1000000 millionths a day, 1000000 at once"])
        // Three tenths of a day's budget too much: that is what it has to wait for, and a unit.
        let wait = error?.detail(RetryInfo.self)?.retryDelay?.seconds ?? 0
        #expect((25_920...25_921).contains(wait))
        clock.advance(.seconds(wait))
        try quotas.take(1, of: .spending, by: acme)
    }

    @Test("A quota that is raised counts at once, and what was taken stays taken; one that is taken back counts as before")
    func changes() throws {
        let ada = QuotaSubject.principal("ada", of: "acme")
        let call = try call(.read)
        #expect(admitted(600, call) == 600)
        quotas.apply(QuotaBook([QuotaBook.Entry(kind: .principal, subject: ada, class: .read, quota: Quota(perPeriod: 1_000))]))
        #expect(admitted(1_000, call) == 400)
        quotas.apply(QuotaBook())
        #expect(admitted(1, call) == 0)
        clock.advance(.seconds(60))
        #expect(admitted(1_000, call) == 600)
        // Of all principals, but for the one that has its own.
        quotas.apply(
            QuotaBook([
                QuotaBook.Entry(kind: .principal, subject: nil, class: .read, quota: Quota(perPeriod: 10)),
                QuotaBook.Entry(kind: .principal, subject: ada, class: .read, quota: Quota(perPeriod: 20, burst: 5)),
            ]))
        clock.advance(.seconds(60))
        #expect(admitted(100, try self.call(.read, by: "grace")) == 10)
        #expect(admitted(100, call) == 5)
        clock.advance(.seconds(3))
        #expect(admitted(100, call) == 1)
    }

    @Test("Calls without a price pass, and so do those of nobody")
    func unpriced() throws {
        #expect(limit.applies(to: MethodInfo(service: "test.Service", name: "Method", kind: .unary)) == false)
        #expect(admitted(10_000, try world.call()) == 10_000)
        #expect(admitted(10_000, try call(.ai, by: nil)) == 10_000)
    }
}
