/// The meters of all subjects of a process, a table for each kind: whoever fills one takes no room of another's. Whoever uses it locks it.
struct SubjectMeters {
    private var tables: [QuotaSubject.Kind: MeterTable]
    private var overflow = OverflowMeters()

    /// - Parameter capacity: of each kind's table.
    init(capacity: (QuotaSubject.Kind) -> Int = Limits.meters) {
        tables = Dictionary(uniqueKeysWithValues: QuotaSubject.Kind.allCases.map { ($0, MeterTable(capacity: capacity($0))) })
    }

    /// The meter of that subject, if it has one of its own.
    subscript(subject: QuotaSubject) -> Meter? { tables[subject.kind]?.meter(QuotaKey(subject)) }

    /// The meter of that subject, made if there is none. Where the table is full of busy ones, whoever has no rates of its own shares one with
    /// the others of its tenant that came too late, as if they were one: that bounds what they take, and takes nothing from anybody else.
    ///
    /// - Parameters:
    ///   - own: the subject's own rates, by somebody's decision: it has a meter of its own then.
    ///   - common: those of its kind.
    mutating func meter(of subject: QuotaSubject, own: QuotaRates?, common: QuotaRates, at now: UInt64) -> Meter {
        let key = QuotaKey(subject)
        let meter = tables[subject.kind]?.meter(key, at: now, mayExceed: own != nil) {
            let meter = Meter(key, rates: common)
            if let own { _ = meter.adopt(own) }
            return meter
        }
        if let meter { return meter }
        return overflow.meter(of: QuotaSubject.Group(subject), rates: common)
    }

    /// How many there are, those shared by who came too late included.
    var count: Int { tables.values.reduce(overflow.count) { $0 + $1.count } }
}

extension QuotaSubject {
    /// Those subjects that share a meter when each cannot have its own.
    struct Group: Hashable {
        var kind: Kind
        var name: String

        init(_ subject: QuotaSubject) {
            kind = subject.kind
            name = subject.tenant.isEmpty ? subject.name : subject.tenant
        }
    }
}

/// Meters that groups share whose members find no place in a table: some for all groups, by a hash that nobody outside can foresee.
struct OverflowMeters {
    private struct Place: Hashable {
        var rates: ObjectIdentifier
        var number: UInt64
    }

    private var meters: [Place: Meter] = [:]

    var count: Int { meters.count }

    /// - Parameter rates: of which there are a few, and for good.
    mutating func meter(of group: some Hashable, rates: QuotaRates) -> Meter {
        let key = QuotaKey(group)
        let place = Place(rates: ObjectIdentifier(rates), number: key.low % Limits.overflowMeters)
        if let meter = meters[place] { return meter }
        let meter = Meter(key, rates: rates, isOverflow: true)
        meters[place] = meter
        return meter
    }
}
