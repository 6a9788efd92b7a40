/// What is wrong with a declaration: the end of a sentence about it that says what to write, and the word of the option that it is about.
public struct Fault: Sendable, Hashable {
    public let sentence: String
    public let word: String

    init(_ word: String, _ sentence: String) {
        self.word = word
        self.sentence = sentence
    }
}
