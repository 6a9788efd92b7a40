import Net
import Postgres
import Testing

@testable import Platform

/// What one process tells others, however often it has something to tell.
@Suite struct PacedNotifierTests {
    @Test("a process that always has something to tell goes on telling it", .timeLimit(.minutes(5)))
    func busy() async throws {
        try await JobWorld.with { world in
            let patience = Duration.seconds(2)
            let channel: NotificationChannel = "busy"
            let notifier = PacedNotifier(channel, of: world.first, on: world.loops.loops[0], patience: patience)
            let began = MonotonicTime.now()
            for await event in world.second.notifications(on: [channel]) {
                if case .notified = event, MonotonicTime.now() > began + patience + patience { break }
                // Before the pause after the last one is over, so that it never comes to rest.
                notifier.notify("more")
            }
        }
    }
}
