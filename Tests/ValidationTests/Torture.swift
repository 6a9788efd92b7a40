import Glibc
import Protobuf
import StandardTypes
import Validation

enum Torture {
    /// The messages of the torture file that have rules, or a message with rules in them.
    static let types: [String: any Validated.Type] = Dictionary(
        uniqueKeysWithValues: ([
            Int32Values.self, Int64Values.self, Uint32Values.self, Uint64Values.self, Sint32Values.self, Sint64Values.self,
            Fixed32Values.self, Fixed64Values.self, Sfixed32Values.self, Sfixed64Values.self, FloatValues.self, DoubleValues.self,
            StringValues.self, Formats.self, BytesValues.self, Enums.self, Bools.self, Durations.self, Timestamps.self, Others.self,
            Choices.self, Leaf.self, Holder.self, Tree.self,
        ] as [any Validated.Type]).map { (String($0.fullName.split(separator: ".").last ?? ""), $0) })
}

enum WallClock {
    static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp.with { $0.seconds = Int64(time.tv_sec) }
    }
}
