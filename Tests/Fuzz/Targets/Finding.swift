/// A property that does not hold, said before the process ends: libFuzzer then keeps the input.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds {
        fatalError("does not hold: \(property())")
    }
}

/// The value of something that must not fail.
func succeed<Value, Failure: Error>(_ what: @autoclosure () -> String, _ body: () throws(Failure) -> Value) -> Value {
    do throws(Failure) {
        return try body()
    } catch {
        fatalError("does not hold: \(what()): \(error)")
    }
}
