/// The version of a resource as an opaque word for callers.
public struct Etag: Hashable, Sendable {
    public let text: String

    /// - Parameter version: 1 for a new one, one more with every change.
    public init(version: Int64) { text = "v\(version)" }

    /// The version that a word stands for; nil when we would never write it so.
    public static func version(of text: String) -> Int64? {
        guard let version = Int64(text.dropFirst()), Etag(version: version).text == text else { return nil }
        return version
    }
}

/// Which version a caller wants to change.
public enum EtagCondition: Hashable, Sendable {
    /// `*`: whatever version there is.
    case any
    /// This version; nil is a word that is no etag of ours, and so no version at all.
    case exactly(Int64?)

    /// Nil when the caller has named no version.
    public init?(_ text: String) {
        switch text {
        case "": return nil
        case "*": self = .any
        default: self = .exactly(Etag.version(of: text))
        }
    }

    public func allows(version: Int64) -> Bool {
        switch self {
        case .any: true
        case .exactly(let wanted): wanted == version
        }
    }

    public static let flaw = "It is required: write the etag of the version that you have read, or * for any version."
}
