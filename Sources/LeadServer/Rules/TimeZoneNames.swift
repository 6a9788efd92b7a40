internal import Foundation

/// The time zones that the system's IANA data knows. Read once, when a server starts: a zone that is not among them is an error.
public struct TimeZoneNames: Sendable {
    private let names: Set<String>

    /// Reads the names from the compact form of the IANA data, which every tzdata package brings.
    ///
    /// - Throws: ``TimeZoneDataMissing`` when the system has no such file.
    public init(at path: String = "/usr/share/zoneinfo/tzdata.zi") throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw TimeZoneDataMissing(path: path) }
        self.init(compact: String(decoding: data, as: UTF8.self))
    }

    /// - Parameter compact: the text of tzdata.zi, in which `Z NAME …` begins a zone and `L TARGET NAME` gives one another name
    ///   (zic(8)).
    init(compact: String) {
        var names: Set<String> = []
        for line in compact.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let kind = line.first, kind == UInt8(ascii: "Z") || kind == UInt8(ascii: "L") else { continue }
            let words = line.split(separator: UInt8(ascii: " "))
            let position = kind == UInt8(ascii: "Z") ? 1 : 2
            if words.indices.contains(position), let name = String(words[position]) { names.insert(name) }
        }
        self.names = names
    }

    var count: Int { names.count }

    func flaw(in text: String) -> String? {
        // In ASCII only: Swift holds the Kelvin sign equal to K, the database does not.
        text.utf8.allSatisfy { $0 < 0x80 } && names.contains(text)
            ? nil : "It is no IANA time zone that this server knows: write a name such as Europe/London."
    }
}

/// The system has no time zone data.
public struct TimeZoneDataMissing: Error, CustomStringConvertible {
    public let path: String
    public var description: String { "There is no time zone data at \(path). Install the tzdata package." }
}
