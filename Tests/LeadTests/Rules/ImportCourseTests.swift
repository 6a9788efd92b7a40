import Testing

@testable import LeadServer

@Suite("The course of an import")
struct ImportCourseTests {
    private let header: [UInt8] = [1, 2, 3]

    /// What is committed after these rows.
    private func committed(_ rows: [[UInt8]]) throws -> [UInt8] {
        let start = ImportCourse.digest(ofHeader: header)
        var course = try ImportCourse("import-1", header: header, committedRows: 0, committedDigest: start, isFinished: false)
        for row in rows { _ = try course.receive(row: row) }
        return course.digest
    }

    private func resumed(after rows: [[UInt8]], isFinished: Bool = false) throws -> ImportCourse {
        try ImportCourse(
            "import-1", header: header, committedRows: Int64(rows.count), committedDigest: try committed(rows), isFinished: isFinished)
    }

    @Test("A new import takes every row, by its number")
    func fresh() throws {
        var course = try resumed(after: [])
        #expect(try course.receive(row: [7]) == .take(1))
        #expect(try course.receive(row: [8]) == .take(2))
        try course.end()
        #expect(course.rows == 2)
    }

    @Test("A resumed import passes over what is committed and takes what follows")
    func resumed() throws {
        var course = try resumed(after: [[7], [8]])
        #expect(try course.receive(row: [7]) == .alreadyThere)
        #expect(try course.receive(row: [8]) == .alreadyThere)
        #expect(try course.receive(row: [9]) == .take(3))
        try course.end()
    }

    @Test("A changed row among the committed ones is noticed before anything new is taken")
    func changedRow() throws {
        var course = try resumed(after: [[7], [8]])
        #expect(try course.receive(row: [6]) == .alreadyThere)
        #expect(throws: LeadError.importChanged("import-1")) { try course.receive(row: [8]) }
    }

    @Test("Rows that are cut elsewhere are other rows")
    func otherCut() throws {
        var course = try resumed(after: [[7, 8], [9]])
        #expect(try course.receive(row: [7]) == .alreadyThere)
        #expect(throws: LeadError.importChanged("import-1")) { try course.receive(row: [8, 9]) }
    }

    @Test("Another header, a shorter stream, and more rows than a complete import has are refused")
    func otherImports() throws {
        #expect(throws: LeadError.importChanged("import-1")) {
            try ImportCourse(
                "import-1", header: [4], committedRows: 0, committedDigest: ImportCourse.digest(ofHeader: header), isFinished: false)
        }
        var short = try resumed(after: [[7], [8]])
        _ = try short.receive(row: [7])
        #expect(throws: LeadError.importChanged("import-1")) { try short.end() }
        var long = try resumed(after: [[7]], isFinished: true)
        _ = try long.receive(row: [7])
        #expect(throws: LeadError.importChanged("import-1")) { try long.receive(row: [8]) }
    }
}
