import Glibc
import TestSupport

/// Where the package's folder and the programs that were built beside this test are.
enum BuiltProgram {
    /// The package's folder, from where this file is.
    static let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// A program of the same build as this test.
    static func path(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let test = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The test runs as `…/debug/…PackageTests.xctest`.
        let folder = test.split(separator: "/").dropLast().map { "/" + $0 }.joined()
        let path = folder + "/" + name
        guard unsafe access(path, X_OK) == 0 else { throw ProgramFailure("there is no \(path); run `make test`, or `swift build` first") }
        return path
    }
}
