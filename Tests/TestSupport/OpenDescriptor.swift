public import Glibc

/// A descriptor that a process has open.
public struct OpenDescriptor: Sendable {
    public let number: Int32
    /// The path it was opened by, or what stands for one, such as `socket:[4711]`.
    public let target: String

    /// All of a process, however many it has; none when there is no such process.
    public static func all(of process: pid_t) -> [OpenDescriptor] {
        guard let folder = unsafe opendir("/proc/\(process)/fd") else { return [] }
        defer { unsafe closedir(folder) }
        var found: [OpenDescriptor] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            guard let number = Int32(name) else { continue }
            var target = [CChar](repeating: 0, count: 512)
            let count = max(0, unsafe readlink("/proc/\(process)/fd/\(name)", &target, target.count))
            let text = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            found.append(OpenDescriptor(number: number, target: text))
        }
        return found
    }
}
