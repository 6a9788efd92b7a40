/// The version of this program, as ServerInfo tells it.
enum Version {
    static let text = "0.6.0"
}
