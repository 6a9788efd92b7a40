/// The units that returns know, by ours (the list of the GST portal).
enum UnitQuantityCode {
    /// `OTH` for a unit that GST has no word for.
    static func of(_ unit: String) -> String { codes[unit] ?? "OTH" }

    private static let codes: [String: String] = [
        "kg": "KGS", "g": "GMS", "l": "LTR", "ml": "MLT", "pcs": "NOS", "pkt": "PAC", "box": "BOX", "bottle": "BTL", "bag": "BAG",
        "dozen": "DZN", "m": "MTR", "set": "SET", "pair": "PRS", "roll": "ROL",
    ]
}
