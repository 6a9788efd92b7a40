import Glibc
import TestSupport

/// The clients that nobody here wrote, in the Python environment that `make test` makes.
enum ForeignClient: String {
    case python, grpcurl, buf

    var path: String {
        get throws {
            let path = "\(BuiltProgram.package)/.build-python/bin/\(rawValue)"
            guard unsafe access(path, X_OK) == 0 else {
                throw ProgramFailure("there is no \(path); run `make test`, which installs the foreign clients")
            }
            return path
        }
    }
}
