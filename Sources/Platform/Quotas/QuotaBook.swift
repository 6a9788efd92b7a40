/// Which quota each subject has: what was set for it, or for all of its kind, or the standard.
public struct QuotaBook: Sendable {
    /// One entry, as it is kept in the database.
    public struct Entry: Hashable, Sendable {
        public var kind: QuotaSubject.Kind
        /// Nil: all of the kind that have none of their own.
        public var subject: QuotaSubject?
        public var `class`: QuotaClass
        public var quota: Quota

        public init(kind: QuotaSubject.Kind, subject: QuotaSubject?, class: QuotaClass, quota: Quota) {
            self.kind = kind
            self.subject = subject
            self.`class` = `class`
            self.quota = quota
        }
    }

    private var own: [QuotaSubject: [QuotaClass: Quota]] = [:]
    private var common: [QuotaSubject.Kind: [QuotaClass: Quota]] = [:]

    public init(_ entries: [Entry] = []) {
        for entry in entries {
            if let subject = entry.subject {
                own[subject, default: [:]][entry.`class`] = entry.quota
            } else {
                common[entry.kind, default: [:]][entry.`class`] = entry.quota
            }
        }
    }

    /// Who has at least one quota of its own.
    var subjects: Set<QuotaSubject> { Set(own.keys) }

    func has(_ subject: QuotaSubject) -> Bool { own[subject] != nil }

    func quota(of subject: QuotaSubject, _ class: QuotaClass) -> Quota {
        own[subject]?[`class`] ?? quota(of: subject.kind, `class`)
    }

    func quota(of kind: QuotaSubject.Kind, _ class: QuotaClass) -> Quota {
        common[kind]?[`class`] ?? .standard(kind, `class`)
    }
}
