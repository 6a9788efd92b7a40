/// A row of the law in words. Most lines of a bill go by the same few, whose words are made once.
struct TaxRateWords: Sendable {
    let prefix: String
    let from: String
    let rate: String
    let cess: String
    /// The row as a sentence.
    let row: String

    init(_ rule: TaxRate) {
        prefix = rule.prefix.description
        from = rule.from.description
        rate = rule.rate.description
        cess = rule.cess.description
        row =
            "Rate row \(rule.id): HSN \(prefix), from \(from)\(rule.through.map { " through \($0)" } ?? ""), "
            + "\(rule.taxability.rawValue), \(rate), cess \(cess). \(rule.source)."
    }
}
