/// Named texts, per channel and language, checked when they are loaded: each place is declared, and each language has the same ones.
public struct Templates: Sendable {
    private struct Key: Sendable, Hashable {
        var name: String
        var language: String
    }

    private var mails: [Key: MailTemplate] = [:]
    private var texts: [Key: TemplateText] = [:]
    private let fallback: String

    /// - Parameter fallback: the language of whoever has none of a template's languages.
    public init(fallback: String = "en") {
        self.fallback = fallback
    }

    /// What a mail says; values are filled in between `{{` and `}}`.
    struct MailTemplate: Sendable, Hashable {
        var subject: TemplateText
        var text: TemplateText
        var html: HTMLTemplate?
    }

    /// A mail's subject and texts, filled in.
    public struct MailText: Sendable, Hashable {
        public var subject: String
        public var text: String
        public var html: String?
    }

    /// - Parameters:
    ///   - language: as BCP 47 has it: `en`, `hi`, `hi-IN`.
    ///   - places: what the template may ask for; it must ask for each at least once.
    public mutating func add(
        mail name: String, language: String, places: Set<String>, subject: String, text: String, html: String? = nil
    ) throws(SenderError) {
        let mail = MailTemplate(subject: try TemplateText(subject), text: try TemplateText(text), html: try Self.html(html))
        try Self.check(mail.subject.places.union(mail.text.places).union(mail.html?.places ?? []), places, name, language)
        guard mails.updateValue(mail, forKey: Key(name: name, language: language.lowercased())) == nil else {
            throw Self.twice(name, language)
        }
    }

    /// A text message: SMS or WhatsApp.
    public mutating func add(text name: String, language: String, places: Set<String>, _ source: String) throws(SenderError) {
        let text = try TemplateText(source)
        try Self.check(text.places, places, name, language)
        guard texts.updateValue(text, forKey: Key(name: name, language: language.lowercased())) == nil else {
            throw Self.twice(name, language)
        }
    }

    public func mail(_ name: String, language: String, _ values: [String: String]) throws(SenderError) -> MailText {
        guard let mail = find(name, language, in: mails) else { throw Self.missing(name) }
        try Self.check(values, mail.subject.places.union(mail.text.places).union(mail.html?.places ?? []), name)
        let subject = try mail.subject.filled(values)
        try HeaderText.check(subject, "the subject that the template \(name) makes", characters: Limits.subjectCharacters)
        return MailText(
            subject: subject, text: try mail.text.filled(values),
            html: try mail.html.map { (html) throws(SenderError) in try html.filled(values) })
    }

    public func text(_ name: String, language: String, _ values: [String: String]) throws(SenderError) -> String {
        guard let text = find(name, language, in: texts) else { throw Self.missing(name) }
        try Self.check(values, text.places, name)
        return try text.filled(values)
    }

    /// The language itself, then without what stands behind its first hyphen, then the one that all have.
    private func find<Template>(_ name: String, _ language: String, in templates: [Key: Template]) -> Template? {
        let language = language.lowercased()
        let general = language.split(separator: "-").first.map(String.init) ?? language
        for candidate in [language, general, fallback] {
            if let template = templates[Key(name: name, language: candidate)] { return template }
        }
        return nil
    }

    private static func html(_ source: String?) throws(SenderError) -> HTMLTemplate? {
        guard let source else { return nil }
        return try HTMLTemplate(source)
    }

    private static func check(_ found: Set<String>, _ declared: Set<String>, _ name: String, _ language: String) throws(SenderError) {
        if let unknown = found.subtracting(declared).min() {
            throw .template("The template \(name) (\(language)) asks for {{\(unknown)}}, which nobody declares.")
        }
        if let unused = declared.subtracting(found).min() {
            throw .template("The template \(name) (\(language)) has no place for \(unused).")
        }
    }

    private static func check(_ values: [String: String], _ places: Set<String>, _ name: String) throws(SenderError) {
        if let missing = places.subtracting(values.keys).min() { throw .template("The template \(name) needs a value for \(missing).") }
        if let unknown = Set(values.keys).subtracting(places).min() { throw .template("The template \(name) has no place for \(unknown).") }
    }

    private static func twice(_ name: String, _ language: String) -> SenderError {
        .template("There are two templates \(name) in \(language).")
    }

    private static func missing(_ name: String) -> SenderError {
        .template("There is no template \(PrintableText.of(name)).")
    }
}
