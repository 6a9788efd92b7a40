import BenchAPI
import HTTP2
import RPC
import Testing

@Suite("The life of a connection", .timeLimit(.minutes(1))) struct ConnectionAgeTests {
    private static func goAways(_ frames: [RawFrame]) -> [(last: UInt32, code: UInt32, debug: String)] {
        frames.filter { $0.kind == RawFrame.Kind.goAway }.map {
            ($0.number(at: 0), $0.number(at: 4), String(decoding: $0.payload.dropFirst(8), as: UTF8.self))
        }
    }

    @Test("one that is idle, or old, is drained in two steps that say why", arguments: [true, false])
    func drained(isIdle: Bool) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(5)
                if isIdle {
                    $0.connectionLimits.connectionIdle = .milliseconds(50)
                } else {
                    $0.connectionLimits.connectionAge = .milliseconds(50)
                }
            }
        ) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            let ping = try await raw.frame("the PING behind the first GOAWAY") { $0.kind == RawFrame.Kind.ping && $0.flags == 0 }
            try await raw.send(RawFrame(kind: RawFrame.Kind.ping, flags: 1, payload: ping.payload))
            let goAways = Self.goAways(try await raw.untilEnd())
            #expect(goAways.map(\.last) == [0x7fff_ffff, 0])
            #expect(goAways.allSatisfy { $0.code == 0 })
            #expect(goAways.map(\.debug) == ["", isIdle ? "max_idle" : "max_age"])
            #expect(loopback.server.violations.isEmpty)
        }
    }

    @Test("a call outlives its connection's age, and ends with its grace")
    func grace() async throws {
        let started = Event()
        let service = ScriptedEcho(onUnary: { request, _ in
            started.happen()
            try await Event().wait()
            return EchoReply()
        })
        try await withLoopback(
            .cleartext, [service],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(5)
                $0.connectionLimits.connectionAge = .milliseconds(500)
                $0.connectionLimits.connectionAgeGrace = .milliseconds(20)
                $0.connectionLimits.goAwayTimeout = .milliseconds(20)
            }
        ) { loopback in
            var frames: [RawFrame]
            repeat {
                // On a busy machine the age may be over before the call begins: then another connection's is not.
                let raw = try await loopback.raw()
                try? await raw.send(.settingsAcknowledgement, .headers(1, RawFrame.call()), .data(1, RawFrame.message([]), end: true))
                frames = try await raw.untilEnd()
            } while !started.hasHappened
            #expect(Self.goAways(frames).map(\.debug).contains("max_age"))
            let hasEnded = await eventually { loopback.server.runningCalls == 0 }
            #expect(hasEnded)
        }
    }

    @Test("a silent client is asked whether it lives; who answers stays, who does not goes", arguments: [true, false])
    func keepalive(answers: Bool) async throws {
        try await withLoopback(
            .cleartext, [EchoService()],
            {
                $0.connectionLimits.sweepInterval = .milliseconds(5)
                $0.connectionLimits.keepalive.time = .milliseconds(20)
                $0.connectionLimits.keepalive.timeout = answers ? .seconds(3_600) : .milliseconds(20)
            }
        ) { loopback in
            let raw = try await loopback.raw()
            try await raw.send(.settingsAcknowledgement)
            if answers {
                for round in 1...3 {
                    _ = try await raw.frame("PING \(round)", count: round) { $0.kind == RawFrame.Kind.ping && $0.flags == 0 }
                    try await raw.send(RawFrame(kind: RawFrame.Kind.ping, flags: 1, payload: Check.zeros(8)))
                }
                try await loopback.expectHealthyAfterClosing(raw)
            } else {
                try await raw.untilEnd()
            }
        }
    }
}
