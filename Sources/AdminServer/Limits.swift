/// The bounds of this module that its .proto files do not state, with their reasons.
enum Limits {
    static let pageSizeDefault = 50

    /// How far ahead of the servers' clocks a caller's may be.
    static let clockSkewSeconds: Int64 = 30

    /// A dead letter's history goes with it in lists: of a hundred attempts the last ones tell enough.
    static let failuresInLists = 5

    /// Counting stops here: a queue with more is simply full, and counting it would load the database that has to empty it.
    static let countedJobs: Int64 = 100_000

    /// How long a wait takes at most, so that it ends before proxies and clients give up.
    static let longestWait = Duration.seconds(25)

    /// How often a wait looks for itself, when nobody has said anything.
    static let waitPauses = (first: Duration.milliseconds(20), longest: Duration.seconds(1))

    /// What is left of a call's time for its answer.
    static let answerMargin = Duration.milliseconds(100)
}
