#!/usr/bin/env python3
"""Makes a script for pgbench of what a server sent to PostgreSQL.

usage: record.py LOG MARKER PIPELINES POOL >SCRIPT

LOG is the server's, as jsonlog, with log_statement = all, log_parameter_max_length = -1 and debug_print_parse = on while the statements were
prepared. A transaction that has a statement that begins with MARKER is taken from it, twice: what differs between the last two is different in
each pipeline of the script, too. POOL is a file of ids, a line each, of which any may stand for any other.

A new id, number, key or lock takes the place of the one that was recorded wherever that stands; all else is as it was. Statements behind one
that draws a number begin a pipeline of their own, since a server has to have read what stands before it.
"""
import json
import re
import sys

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PARAMETER = re.compile(r"\$(\d+) = (?:'((?:[^']|'')*)'|(NULL))")
TYPED = re.compile(r"PARAM\s+:paramkind\s+0\s+:paramid\s+(\d+)\s+:paramtype\s+(\d+)")
DRAWS = "INSERT INTO document_series"


class Statement:
    def __init__(self, text, detail):
        self.text = re.sub(r"\s+", " ", text).strip()
        self.parameters = {
            int(number): None if null else value.replace("''", "'")
            for number, value, null in PARAMETER.findall(detail.removeprefix("parameters: "))
        }


def read(path, marker):
    """The transactions with the marker, and the type of each parameter of each text."""
    running, found, types = {}, [], {}
    for line in open(path, encoding="utf-8", errors="replace"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        message, detail = entry.get("message", ""), entry.get("detail", "")
        if message == "parse tree:":
            text = re.sub(r"\s+", " ", entry.get("statement", "")).strip()
            # Trees of the functions and triggers that it calls are told under its name as well.
            if "context" not in entry:
                types.setdefault(text, {}).update({int(number): int(kind) for number, kind in TYPED.findall(detail)})
            continue
        match = re.match(r"(?:statement|execute [^:]*): (.*)", message, re.S)
        if not match:
            continue
        statement = Statement(match[1], detail)
        if statement.text.startswith(("BEGIN", "START TRANSACTION")):
            running[entry["pid"]] = []
        running.setdefault(entry["pid"], []).append(statement)
        if statement.text.startswith(("COMMIT", "ROLLBACK")):
            transaction = running.pop(entry["pid"])
            if statement.text.startswith("COMMIT") and any(one.text.startswith(marker) for one in transaction):
                found.append(transaction)
    return found, types


def quoted(value):
    # Behind a colon pgbench would look for a variable.
    return "'" + value.replace("'", "''").replace(":", "' || chr(58) || '") + "'"


def fresh(first, second, pool):
    """What differs between two records: expressions over h, 32 random hexadecimal digits, by the value that each takes the place of."""
    tokens = {}
    known = set()
    for other in second:
        for value in other.parameters.values():
            known.update(UUID.findall(value or ""))
    for one, other in zip(first, second):
        # What is left of a call's time differs, and may as well not.
        if "statement_timeout" in one.text:
            continue
        for number, value in one.parameters.items():
            if value is None or value == other.parameters.get(number):
                continue
            for uuid in UUID.findall(value):
                if uuid in pool:
                    tokens[uuid] = f"(pool.ids)[1 + mod(('x' || substr(h, 24, 4))::bit(16)::int, {len(pool)})]"
                elif uuid not in known:
                    tokens.setdefault(uuid, f"substr(h, 1, 28) || '{len(tokens):04x}'")
            if UUID.search(value) or value.startswith(("\\x", "{")) or re.match(r"\d{4}-\d\d-\d\d", value):
                continue
            if re.fullmatch(r"-?\d{12,}", value):
                tokens[value] = "(('x' || substr(h, 17))::bit(64)::bigint)::text"
            elif re.fullmatch(r"\d+", value):
                tokens[value] = "(1 + ('x' || substr(h, 19, 12))::bit(48)::bigint)::text"
            elif value.startswith("key-"):
                tokens[value] = "'key-' || h"
            elif re.fullmatch(r"[0-9A-Z]+/\d+", value):
                tokens[value] = "'N' || substr(h, 13, 15)"
    return tokens


def expression(value, tokens):
    """A value with its tokens in it as SQL; None when it has none."""
    if value in tokens:
        return tokens[value]
    parts, has = [], False
    at = 0
    for match in UUID.finditer(value):
        if match[0] in tokens:
            parts += [quoted(value[at : match.start()]), tokens[match[0]]]
            at, has = match.end(), True
    parts.append(quoted(value[at:]))
    return " || ".join(parts) if has else None


def main(log, marker, pipelines, pool_file):
    pool = open(pool_file, encoding="utf-8").read().split()
    found, types = read(log, marker)
    if len(found) < 2:
        sys.exit(f"record.py: {len(found)} transactions with {marker!r} are in the log; two are needed")
    second, first = found[-2], found[-1]
    if [one.text for one in first] != [one.text for one in second]:
        sys.exit("record.py: the last two transactions have different statements")
    tokens = fresh(first, second, pool)
    constants, varying, script = {}, {}, ["\\startpipeline"]
    for place, one in enumerate(first):
        def variable(match):
            number = int(match[1])
            value = one.parameters.get(number)
            name = f"p{place}_{number}"
            made = None if value is None else expression(value, tokens)
            if made is None:
                constants[name] = value
            else:
                varying[name] = made
                name += "_%d"
            kind = types.get(one.text, {}).get(number)
            return f":{name}" + (f"::{KINDS[kind]}" if kind in KINDS else "")

        text = re.sub(r"(?<![\w%])%", "%%", one.text)
        script.append(re.sub(r"\$(\d+)", variable, text) + ";")
        if one.text.startswith(DRAWS):
            script += ["\\endpipeline", "\\startpipeline"]
    script.append("\\endpipeline")

    pipelines = int(pipelines)
    columns = [f"{'NULL' if value is None else quoted(value)} AS {name}" for name, value in constants.items() if value is not None]
    print("SELECT " + ", ".join(columns) + " \\gset")
    ids = "ARRAY[" + ", ".join(map(quoted, pool)) + "]::text[]"
    # An id begins with its time, as the server's do: that is where an index keeps it.
    random = (
        "lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3) || '8'"
        " || substr(md5(random()::text), 1, 15)"
    )
    for pipeline in range(1, pipelines + 1):
        made = ", ".join(f"{expression} AS {name}_{pipeline}" for name, expression in varying.items())
        print(f"SELECT {made} FROM (SELECT {random} AS h) AS made, (SELECT {ids} AS ids) AS pool \\gset")
        for line in script:
            print(line.replace("%d", str(pipeline)).replace("%%", "%"))


# The types that parameters have, by the ids that PostgreSQL's catalogue gives them.
KINDS = {
    16: "bool", 17: "bytea", 20: "int8", 21: "int2", 23: "int4", 25: "text", 1000: "bool[]", 1001: "bytea[]", 1005: "int2[]", 1007: "int4[]",
    1009: "text[]", 1016: "int8[]", 1082: "date", 1182: "date[]", 1184: "timestamptz", 1185: "timestamptz[]", 1700: "numeric", 2950: "uuid",
    2951: "uuid[]", 3802: "jsonb", 3807: "jsonb[]",
}

if __name__ == "__main__":
    main(*sys.argv[1:])
