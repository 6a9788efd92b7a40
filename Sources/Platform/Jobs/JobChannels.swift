internal import Postgres

extension NotificationChannel {
    /// The payload names a queue in which jobs are ready.
    static let jobs: NotificationChannel = "switchboard_jobs"
    /// A running job is to be cancelled.
    static let jobCancellations: NotificationChannel = "switchboard_job_cancellations"
}
