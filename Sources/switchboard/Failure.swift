internal import Console

/// Why the program ends without having done what it was asked for: a sentence for the person at the terminal.
struct Failure: Error, CustomStringConvertible {
    var description: String
    var status: ExitStatus

    init(_ sentence: String, status: ExitStatus = .failure) {
        description = sentence
        self.status = status
    }
}
