internal import Foundation

/// The offsets of an IANA time zone at all times, from the system's TZif file (RFC 9636).
public struct ZoneHistory: Sendable {
    private let times: [Int64]
    /// Of each change, what holds from it on.
    private let offsets: [Int64]
    private let first: Int64
    private let rule: ZoneRule?

    public static let folder = "/usr/share/zoneinfo"

    /// - Parameter name: such as `Europe/London`.
    public init(_ name: String, in folder: String = ZoneHistory.folder) throws(ScheduleError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
                }
        }
        guard isName, let data = FileManager.default.contents(atPath: "\(folder)/\(name)"), let history = ZoneHistory(file: Array(data))
        else {
            throw .zone(name)
        }
        self = history
    }

    /// Nil for what is no TZif file of version 2 or later.
    init?(file bytes: [UInt8]) {
        guard let old = Header(bytes, at: 0), old.version >= 2, let header = Header(bytes, at: old.end(timeBytes: 4)) else { return nil }
        let end = header.end(timeBytes: 8)
        guard end <= bytes.count, header.types > 0 else { return nil }
        let typesBegin = header.dataBegin + header.times * 9
        func big(_ position: Int, _ count: Int) -> Int64 {
            let value = bytes[position..<position + count].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
        }
        let typeOffsets = (0..<header.types).map { big(typesBegin + $0 * 6, 4) }
        var offsets: [Int64] = []
        for index in 0..<header.times {
            let type = Int(bytes[header.dataBegin + header.times * 8 + index])
            guard typeOffsets.indices.contains(type) else { return nil }
            offsets.append(typeOffsets[type])
        }
        times = (0..<header.times).map { big(header.dataBegin + $0 * 8, 8) }
        self.offsets = offsets
        first = typeOffsets[0]
        let footer = bytes[end...].dropFirst().prefix { $0 != UInt8(ascii: "\n") }
        rule = footer.isEmpty ? nil : ZoneRule(String(decoding: footer, as: UTF8.self))
        guard footer.isEmpty || rule != nil else { return nil }
    }

    /// Seconds east of Greenwich at a time in seconds since 1970.
    public func offset(at time: Int64) -> Int64 {
        guard let last = times.last, let start = times.first else { return rule?.offset(at: time) ?? first }
        if time < start { return first }
        if time >= last { return rule?.offset(at: time) ?? offsets[offsets.count - 1] }
        var low = 0
        var high = times.count - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle } else { high = middle }
        }
        return offsets[low]
    }

    /// What a clock on the wall makes of a local time.
    public enum Instants: Equatable, Sendable {
        case once(Int64)
        /// Clocks are set back: the time comes twice.
        case twice(Int64, Int64)
        /// Clocks are set forward over it; the first instant behind.
        case never(then: Int64)
    }

    /// - Parameter local: in seconds since 1970, as if local time were UTC. Two changes within two days are taken for one.
    public func instants(ofLocal local: Int64) -> Instants {
        let before = offset(at: local - CivilDate.secondsPerDay)
        let after = offset(at: local + CivilDate.secondsPerDay)
        let candidates = (before == after ? [before] : [before, after]).map { local - $0 }.filter { $0 + offset(at: $0) == local }.sorted()
        if candidates.count == 2 { return .twice(candidates[0], candidates[1]) }
        if let only = candidates.first { return .once(only) }
        // The change lies between the two readings of the local time.
        var low = local - max(before, after)
        var high = local - min(before, after)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return .never(then: high)
    }

    private struct Header {
        var version: Int
        var begin: Int
        var isUTC: Int
        var isStandard: Int
        var leaps: Int
        var times: Int
        var types: Int
        var characters: Int

        var dataBegin: Int { begin + 44 }

        init?(_ bytes: [UInt8], at begin: Int) {
            guard begin >= 0, begin + 44 <= bytes.count, Array(bytes[begin..<begin + 4]) == Array("TZif".utf8) else { return nil }
            func count(_ index: Int) -> Int {
                bytes[begin + 20 + index * 4..<begin + 24 + index * 4].reduce(0) { $0 << 8 | Int($1) }
            }
            version = Int(bytes[begin + 4]) - 0x30
            self.begin = begin
            isUTC = count(0)
            isStandard = count(1)
            leaps = count(2)
            times = count(3)
            types = count(4)
            characters = count(5)
            guard max(isUTC, isStandard, leaps, times, types, characters) <= 1 << 20 else { return nil }
        }

        func end(timeBytes: Int) -> Int {
            dataBegin + times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + isStandard + isUTC
        }
    }
}
