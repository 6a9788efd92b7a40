"""Prints a package of 70 messages, the same one every time: what an API of that size is made of, in the usual proportions."""

NOUNS = """Account Address Agent Alert Answer Approval Asset Audit Balance Bill Booking Branch Budget Call Campaign Card Case Charge
Claim Contact Contract Coupon Customer Delivery Device Discount Dispute Document Draft Event Expense Export Feed Filter Forecast Grant
Group Import Invoice Item Journal Label Lead Ledger License Limit Location Meeting Member Message Note Offer Order Owner Payment Period
Plan Policy Price Product Quota Quote Receipt Refund Report Review Route Schedule Segment Ticket""".split()

FIELDS = [
    ("string", "id"), ("string", "display_name"), ("string", "etag"), ("int64", "amount_minor"), ("{enum}", "state"),
    ("google.protobuf.Timestamp", "created_at"), ("bool", "is_archived"), ("repeated string", "tags"), ("int32", "position"),
    ("{previous}", "parent"), ("repeated {previous}", "history"), ("optional string", "note"), ("map<string, string>", "labels"),
    ("double", "score"), ("bytes", "digest"), ("uint32", "version"), ("google.protobuf.Duration", "time_to_live"),
    ("repeated int64", "amounts"), ("map<string, {previous}>", "by_key"), ("optional int32", "weight"), ("sint32", "offset"),
]

assert len(NOUNS) == 70

print('syntax = "proto3";\n\npackage bench.seventy.v1;\n')
print('import "google/protobuf/duration.proto";\nimport "google/protobuf/timestamp.proto";')

for index, noun in enumerate(NOUNS):
    names = {"enum": NOUNS[index - index % 5] + "State", "previous": NOUNS[index - 1] if index else "Ticket"}
    print(f"\n// What is known of one {noun.lower()}.\nmessage {noun} {{")
    # Five to twelve fields: the first five are nearly everywhere, the rest goes round.
    fields = FIELDS[:5] + [FIELDS[5 + (index * 7 + step * 3) % (len(FIELDS) - 5)] for step in range(index % 8)]
    for number, (kind, name) in enumerate(fields, start=1):
        print(f"  // The {name.replace('_', ' ')} of this {noun.lower()}.\n  {kind.format(**names)} {name} = {number};")
    if index % 6 == 3:
        print(f"  oneof subject {{\n    string text = 20;\n    int64 number = 21;\n    {names['previous']} other = 22;\n  }}")
    print("}")
    if index % 5 == 0:
        print(f"\nenum {noun}State {{\n  {noun.upper()}_STATE_UNSPECIFIED = 0;")
        for number, state in enumerate(["OPEN", "WAITING", "DONE", "DROPPED"], start=1):
            print(f"  {noun.upper()}_STATE_{state} = {number};")
        print("}")
