/// Who is told what becomes of a connection.
protocol ConnectionOwner: AnyObject {
    /// The transport stands and the peer's SETTINGS are here.
    func connectionBecameReady(_ connection: Connection)
    func connectionCompletedTLS(_ connection: Connection)
    func connection(_ connection: Connection, received request: HTTPRequest, on stream: HTTPStream) -> any HTTPStreamReceiver
    func connection(_ connection: Connection, receivedGoAway code: ErrorCode, lastStream: Int32, debug: String)
    func connectionClosedStream(_ connection: Connection)
    /// The peer has changed its SETTINGS: more streams may be open, perhaps.
    func connectionSettingsChanged(_ connection: Connection)
    /// It, or a stream of it, was ended for that.
    func connection(_ connection: Connection, saw violation: Violation)
    /// The socket is closed, or only lingers; told once.
    func connectionClosed(_ connection: Connection, _ reason: HTTP2Error)
}

extension ConnectionOwner {
    func connectionCompletedTLS(_ connection: Connection) {}
    func connectionSettingsChanged(_ connection: Connection) {}
    func connection(_ connection: Connection, saw violation: Violation) {}
}
