internal import Crypto

/// The id of a job as a caller writes it. Ours are of version 7: for another UUID there is no job.
enum JobID {
    static func known(_ text: String) throws(AdminError) -> UUIDv7 {
        guard let id = UUIDv7(text) else { throw .jobNotFound(id: text) }
        return id
    }
}
