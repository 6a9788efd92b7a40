internal import Net
internal import Postgres

/// Enqueues the jobs of schedules when it is time.
struct JobScheduler: Sendable {
    let store: JobStore
    let schedules: [JobSchedule]
    let log: Log

    /// Does what is due, and gives how long nothing will be.
    func turn() async -> Duration {
        var pause = Limits.schedulePause
        for schedule in schedules {
            do throws(PostgresError) {
                pause = min(pause, try await turn(schedule))
            } catch {
                log.write(.warning, "schedule_failed", ["schedule": .text(schedule.name), "error": "\(error)"])
                pause = min(pause, .seconds(1))
            }
        }
        return pause
    }

    private func turn(_ schedule: JobSchedule) async throws(PostgresError) -> Duration {
        let scope = store.scope(tenant: schedule.tenant)
        let (state, _) = try await store.database.batch(scope) { batch in
            batch.enqueue(.beginSchedule(schedule.name, shift: store.shift))
            return (
                batch.one(.scheduleState(schedule.name, shift: store.shift), as: ScheduleState.self),
                batch.execute(.forgetSlots(of: schedule.name, keptSeconds: Limits.slotsKeptSeconds))
            )
        }
        let now = Int64((Double(state.now.unixMicroseconds) / 1_000_000).rounded(.down))
        let last = state.last.unixMicroseconds / 1_000_000
        for slot in schedule.due(after: last, now: now) {
            do throws(PostgresError) {
                try await store.database.batch(scope) { batch in
                    batch.enqueue(.takeSlot(slot, of: schedule.name))
                    batch.enqueue(schedule.job(slot))
                }
            } catch {
                // Another process was first.
                guard error.kind == .uniqueViolation, error.constraint == "job_slot_key" else { throw error }
            }
        }
        guard let next = schedule.next(after: now) else { return Limits.schedulePause }
        return .microseconds(next * 1_000_000 - state.now.unixMicroseconds)
    }
}

struct ScheduleState: RowDecodable {
    var now: Timestamptz
    var last: Timestamptz

    init(row: Row) throws(PostgresError) {
        now = try row["moment"]
        last = try row["last"]
    }
}

extension SQL {
    /// A schedule that is new has missed nothing.
    static func beginSchedule(_ name: String, shift: Int64) -> SQL {
        """
        INSERT INTO job_slot (tenant_id, schedule, slot)
        SELECT current_tenant(), \(name), date_trunc('second', now() + \(shift) * interval '1 microsecond')
        WHERE NOT EXISTS (SELECT FROM job_slot WHERE tenant_id = current_tenant() AND schedule = \(name))
        ON CONFLICT DO NOTHING
        """
    }

    static func scheduleState(_ name: String, shift: Int64) -> SQL {
        """
        SELECT now() + \(shift) * interval '1 microsecond' AS moment, max(slot) AS last
        FROM job_slot WHERE tenant_id = current_tenant() AND schedule = \(name)
        """
    }

    static func takeSlot(_ slot: Int64, of name: String) -> SQL {
        "INSERT INTO job_slot (tenant_id, schedule, slot) VALUES (current_tenant(), \(name), to_timestamp(\(slot)))"
    }

    static func forgetSlots(of name: String, keptSeconds: Int64) -> SQL {
        """
        DELETE FROM job_slot WHERE tenant_id = current_tenant() AND schedule = \(name) AND slot < (
            SELECT max(slot) FROM job_slot WHERE tenant_id = current_tenant() AND schedule = \(name)
        ) - \(keptSeconds) * interval '1 second'
        """
    }
}
