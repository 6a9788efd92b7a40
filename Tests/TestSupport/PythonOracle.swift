internal import Glibc

/// A Python script of the tests, run in the environment that `make test` makes: what foreign libraries say, line by line.
public struct PythonOracle: Sendable {
    private let script: String

    /// - Parameter script: its path in this package.
    public init(_ script: String) { self.script = script }

    /// Starts the script; its lines are read from the program that is returned.
    public func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        let root = String(#filePath.dropLast("/Tests/TestSupport/PythonOracle.swift".count))
        let python = "\(root)/.build-python/bin/python"
        guard unsafe access(python, X_OK) == 0 else {
            throw ProgramFailure("there is no \(python); run `make test`, which installs what the tests compare with")
        }
        var environment = environment
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        return try Program([python, "\(root)/\(script)"] + arguments, environment: environment)
    }
}
