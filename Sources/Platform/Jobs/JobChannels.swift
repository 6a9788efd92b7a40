public import Postgres

extension NotificationChannel {
    /// The payload names a queue in which jobs are ready.
    public static let jobs: NotificationChannel = "switchboard_jobs"
    /// A running job is to be cancelled.
    public static let jobCancellations: NotificationChannel = "switchboard_job_cancellations"
}
