/// PostgreSQL's error codes as this module's kinds (appendix A of the PostgreSQL manual).
enum SQLState {
    static let invalidStatementName = "26000"
    static let featureNotSupported = "0A000"
    static let invalidPassword = "28P01"
    static let queryCanceled = "57014"

    /// The whole server stops, crashes or starts, and with it all its connections.
    static let goesAway: Set<String> = ["57P01", "57P02", "57P03"]

    static func kind(of sqlstate: String) -> PostgresError.Kind {
        switch sqlstate {
        case "23505": .uniqueViolation
        case "23503": .foreignKeyViolation
        case "23502": .notNullViolation
        case "23514": .checkViolation
        case "23P01": .exclusionViolation
        case "40001": .serializationFailure
        case "40P01": .deadlock
        case "55P03": .lockNotAvailable
        case queryCanceled: .cancelled
        case "25006": .readOnly
        case "42501": .insufficientPrivilege
        case invalidStatementName: .statementStale
        // An operator stops the server or this backend; the server starts, recovers, or is full.
        case "57P01", "57P02", "57P05", "25P03": .connectionLost
        case "57P03", "53300": .unavailable
        // Binary values that end too soon. (PostgreSQL says FATAL when the protocol itself is broken, which is told apart.)
        case "08P01": .invalidValue
        default: kind(ofClass: sqlstate.prefix(2))
        }
    }

    private static func kind(ofClass twoCharacters: Substring) -> PostgresError.Kind {
        switch twoCharacters {
        case "08": .connectionLost
        case "22": .invalidValue
        case "42": .schemaMismatch
        default: .other
        }
    }

    /// The sentence for a kind that the server can report. It names the constraint or the column, which the program's own schema
    /// declares, and nothing that came from a row.
    static func message(for kind: PostgresError.Kind, constraint: String?, column: String?) -> String {
        let byConstraint = constraint.map { " (constraint \($0))" } ?? ""
        return switch kind {
        case .uniqueViolation: "Such a row exists already\(byConstraint)."
        case .foreignKeyViolation: "A row that this one refers to does not exist, or is still referred to\(byConstraint)."
        case .notNullViolation: "A required value is missing\(column.map { " (column \($0))" } ?? "")."
        case .checkViolation: "A value is outside of what is allowed\(byConstraint)."
        case .exclusionViolation: "The row conflicts with another one\(byConstraint)."
        case .serializationFailure, .deadlock: "Another transaction got in the way. Run the whole transaction again."
        case .lockNotAvailable: "The row is locked by another transaction. Try again shortly."
        case .statementTimeout: "The statement did not finish before the deadline. Allow more time or ask for less."
        case .cancelled: "The statement was cancelled."
        case .readOnly: "The database takes no writes at present. Try again shortly."
        case .insufficientPrivilege: "The database role may not do this. Grant what the statement needs, or use the right role."
        case .statementStale: "A prepared statement no longer fits the database. Run the whole transaction again."
        case .connectionLost: "The connection to the database was lost and nothing was committed. Try again shortly."
        case .unavailable: "The database is not available. Try again shortly."
        case .invalidValue: "A value does not fit its column or function. Check its range and form."
        case .schemaMismatch: "The statement does not fit the database's schema. Apply the migrations of this version."
        default: "The database could not execute the statement."
        }
    }
}

extension PostgresError {
    /// The error that a server's report describes.
    init(serverReport report: ServerReport) {
        var kind = SQLState.kind(of: report.sqlstate)
        if report.isCachedPlanChange { kind = .statementStale }
        self.init(
            kind, SQLState.message(for: kind, constraint: report.constraint, column: report.column), sqlstate: report.sqlstate,
            constraint: report.constraint, table: report.table, column: report.column, report: report.text)
    }
}

/// The fields of PostgreSQL's ErrorResponse (section 55.8 of its manual) that matter here.
struct ServerReport: Sendable {
    var sqlstate: String
    var severity = "ERROR"
    var message = ""
    var detail: String?
    var hint: String?
    var table: String?
    var column: String?
    var constraint: String?
    var sourceFunction: String?

    /// After FATAL and PANIC the server closes the connection.
    var endsConnection: Bool { severity == "FATAL" || severity == "PANIC" }

    /// "cached plan must not change result type" shares its SQLSTATE with real refusals, and its text is translated.
    var isCachedPlanChange: Bool {
        sqlstate == SQLState.featureNotSupported && sourceFunction == "RevalidateCachedQuery"
    }

    var text: String {
        var text = message
        if let detail { text += "; \(detail)" }
        if let hint { text += "; \(hint)" }
        return text
    }
}
