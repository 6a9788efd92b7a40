/// Bounds of what is kept of a message's violations.
enum Limits {
    /// Violations travel in a trailer, and common clients refuse trailers above 8 KiB: what lies beyond is seen when the first ones
    /// are mended.
    static let violations = 32
    /// The paths and sentences of all violations together, for the same reason: base64 makes a third more of it.
    static let textBytes = 5_000
    /// A map's key in a path is the caller's own text and may be a megabyte.
    static let keyScalars = 64
}
