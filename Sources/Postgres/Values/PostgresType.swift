/// A type of PostgreSQL by its object id, which is fixed for the built-in types (src/include/catalog/pg_type.dat).
public struct PostgresType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let bool = PostgresType(rawValue: 16)
    public static let bytea = PostgresType(rawValue: 17)
    public static let name = PostgresType(rawValue: 19)
    public static let int8 = PostgresType(rawValue: 20)
    public static let int2 = PostgresType(rawValue: 21)
    public static let int4 = PostgresType(rawValue: 23)
    public static let text = PostgresType(rawValue: 25)
    public static let oid = PostgresType(rawValue: 26)
    public static let float4 = PostgresType(rawValue: 700)
    public static let float8 = PostgresType(rawValue: 701)
    public static let bpchar = PostgresType(rawValue: 1042)
    public static let varchar = PostgresType(rawValue: 1043)
    public static let json = PostgresType(rawValue: 114)
    public static let cidr = PostgresType(rawValue: 650)
    public static let inet = PostgresType(rawValue: 869)
    public static let date = PostgresType(rawValue: 1082)
    public static let timestamptz = PostgresType(rawValue: 1184)
    public static let numeric = PostgresType(rawValue: 1700)
    public static let uuid = PostgresType(rawValue: 2950)
    public static let jsonb = PostgresType(rawValue: 3802)

    public static let int4range = PostgresType(rawValue: 3904)
    public static let numrange = PostgresType(rawValue: 3906)
    public static let tstzrange = PostgresType(rawValue: 3910)
    public static let daterange = PostgresType(rawValue: 3912)
    public static let int8range = PostgresType(rawValue: 3926)

    public static let boolArray = PostgresType(rawValue: 1000)
    public static let byteaArray = PostgresType(rawValue: 1001)
    public static let int2Array = PostgresType(rawValue: 1005)
    public static let int4Array = PostgresType(rawValue: 1007)
    public static let textArray = PostgresType(rawValue: 1009)
    public static let varcharArray = PostgresType(rawValue: 1015)
    public static let int8Array = PostgresType(rawValue: 1016)
    public static let float4Array = PostgresType(rawValue: 1021)
    public static let float8Array = PostgresType(rawValue: 1022)
    public static let inetArray = PostgresType(rawValue: 1041)
    public static let dateArray = PostgresType(rawValue: 1182)
    public static let timestamptzArray = PostgresType(rawValue: 1185)
    public static let numericArray = PostgresType(rawValue: 1231)
    public static let jsonbArray = PostgresType(rawValue: 3807)
    public static let uuidArray = PostgresType(rawValue: 2951)
}

extension PostgresType: CustomStringConvertible {
    /// The name PostgreSQL gives it, or its object id for a type that is not listed here.
    public var description: String {
        switch self {
        case .bool: "bool"
        case .bytea: "bytea"
        case .name: "name"
        case .int8: "int8"
        case .int2: "int2"
        case .int4: "int4"
        case .text: "text"
        case .oid: "oid"
        case .float4: "float4"
        case .float8: "float8"
        case .bpchar: "bpchar"
        case .varchar: "varchar"
        case .timestamptz: "timestamptz"
        case .uuid: "uuid"
        case .jsonb: "jsonb"
        case .json: "json"
        case .cidr: "cidr"
        case .inet: "inet"
        case .date: "date"
        case .numeric: "numeric"
        case .int4range: "int4range"
        case .numrange: "numrange"
        case .tstzrange: "tstzrange"
        case .daterange: "daterange"
        case .int8range: "int8range"
        case .byteaArray: "bytea[]"
        case .float4Array: "float4[]"
        case .inetArray: "inet[]"
        case .dateArray: "date[]"
        case .numericArray: "numeric[]"
        case .jsonbArray: "jsonb[]"
        case .boolArray: "bool[]"
        case .int2Array: "int2[]"
        case .int4Array: "int4[]"
        case .textArray: "text[]"
        case .varcharArray: "varchar[]"
        case .int8Array: "int8[]"
        case .float8Array: "float8[]"
        case .timestamptzArray: "timestamptz[]"
        case .uuidArray: "uuid[]"
        default: "the type with object id \(rawValue)"
        }
    }
}
