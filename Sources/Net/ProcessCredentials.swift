/// Who the process at the other end of a Unix socket is, as the kernel noted when it connected or listened (`SO_PEERCRED`, unix(7)): it cannot
/// say anything else. What it has become since is not seen, and its number may be another's once it has ended.
public struct ProcessCredentials: Hashable, Sendable, CustomStringConvertible {
    /// The process (`pid_t`); 0 for one of another PID namespace, such as a container's.
    public var processID: Int32
    /// Its effective user (`uid_t`).
    public var userID: UInt32
    /// Its effective group (`gid_t`).
    public var groupID: UInt32

    public init(processID: Int32, userID: UInt32, groupID: UInt32) {
        self.processID = processID
        self.userID = userID
        self.groupID = groupID
    }

    /// `process 4711 of user 1000, group 1000`.
    public var description: String { "process \(processID) of user \(userID), group \(groupID)" }
}
