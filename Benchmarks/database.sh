#!/usr/bin/env bash
# What a lead created or an invoice issued by RPC costs, beside pgbench writing the same rows with the same statements.
#
# usage: Benchmarks/database.sh [create|issue|preview|balance|pair|invoices|slow]…            (all without an argument)
#
#   create  `switchbench database` creates CALLS (40000) leads through `switchboard serve` on one loop and CONNECTIONS (16) database connections:
#           mutual TLS, token, idempotency key, outbox, commit. `pgbench -M prepared` with as many clients runs database/create-lead.sql, each
#           transaction one pipeline; in turns, ROUNDS (5) times. pg_stat_statements has to show the same statements, as often as there are
#           leads. Bars: RATE (0.70) of pgbench's transactions a second, COST (2.0) times its CPU for each.
#   issue   INVOICES (8000) invoices of five lines: number, tax, stock, journal, outbox, commit. What pgbench runs is made by database/record.py
#           of what the server sent for two of them: two pipelines in one transaction, as a server has to read before it can write. Its
#           statements have to be the same, their parameters' types included. Bar: RATE (0.70) of its transactions a second.
#   preview what PreviewTax of fifty lines costs, the whole call: with its transport, its statements and its reply
#   balance TrialBalance as of a past day over LINES (1000000) lines of a ledger, over RPC, one call at a time. Bar: a median of 200 ms.
#   pair    two servers on the same database, each with half of the load, in turns with one that has all of it; of leads.
#           Bar: PAIR (1.10) times the CPU.
#   invoices    the same of invoices
#   slow    1,000 statements of half a second each in flight beside calls that ask no database, on the same loop (`switchbench slow`).
#
# The cluster is this script's own, on /dev/shm and without fsync: what is compared is CPU, not a disk. Prints rows of Markdown. SERVER and
# BENCH are the release builds of switchboard and switchbench. Exit code 1 when a call failed, the statements differ, or a bar is not held.
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS="${ROUNDS:-5}"
CALLS="${CALLS:-40000}"
INVOICES="${INVOICES:-8000}"
LINES="${LINES:-1000000}"
CONNECTIONS="${CONNECTIONS:-16}"
AT_ONCE="${AT_ONCE:-64}"
SERVER="${SERVER:-.build/release/switchboard}"
BENCH="${BENCH:-.build/release/switchbench}"
POSTGRES="${POSTGRES:-/usr/lib/postgresql/15/bin}"
# Pipelines in one run of pgbench's script, behind one query that makes their ids and addresses: pgbench can make numbers only.
PIPELINES=50

for program in "$SERVER" "$BENCH" "$POSTGRES/pgbench"; do
    command -v "$program" >/dev/null || { echo "database.sh: there is no $program; \`make bench-database\` gets what is needed" >&2; exit 1; }
done

work="$(mktemp -d /dev/shm/switchboard.XXXXXX)"
pids=()
finish() {
    for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null || true; done
    if [ -f "$work/data/postmaster.pid" ]; then kill -INT "$(head -1 "$work/data/postmaster.pid")" || true; fi
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# PostgreSQL refuses to run as root.
as_postgres=()
if [ "$(id -u)" = 0 ]; then
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)
    chown postgres "$work"
fi

start_cluster() {
    (cd "$work" && "${as_postgres[@]}" "$POSTGRES/initdb" -D "$work/data" -U postgres --auth trust --encoding UTF8 --locale C --no-sync \
        --no-instructions >"$work/initdb.log")
    cat >>"$work/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$work'
fsync = off
full_page_writes = off
autovacuum = off
checkpoint_timeout = 1h
max_wal_size = 4GB
shared_buffers = 256MB
max_connections = 100
shared_preload_libraries = 'pg_stat_statements'
logging_collector = on
log_destination = 'jsonlog'
log_directory = '$work'
log_filename = 'statements.log'
SETTINGS
    (cd "$work" && exec "${as_postgres[@]}" "$POSTGRES/postgres" -D "$work/data" >>"$work/postgres.log" 2>&1) &
    local look
    for ((look = 0; look < 600; look++)); do
        if "$POSTGRES/pg_isready" -q -h "$work"; then break; fi
        sleep 0.1
    done
    sql postgres >/dev/null <<'SQL'
CREATE ROLE switchboard_owner LOGIN;
CREATE ROLE switchboard_app LOGIN;
CREATE DATABASE switchboard OWNER switchboard_owner;
SQL
    sql switchboard <<<'CREATE EXTENSION pg_stat_statements' >/dev/null
}

sql() { "$POSTGRES/psql" -h "$work" -U postgres -d "$1" -qAtX -v ON_ERROR_STOP=1; }

make_identities() {
    local ca=(--ca "$work/ca.pem" --ca-key "$work/ca.key" --out "$work")
    "$SERVER" cert authority --out "$work" >/dev/null
    "$SERVER" cert issue server "${ca[@]}" --names 127.0.0.1 >/dev/null
    "$SERVER" cert issue bench "${ca[@]}" --trust-domain bench.example.com >/dev/null
    "$SERVER" token key --out "$work" >/dev/null
    (umask 077 && head -c 32 /dev/urandom >"$work/secret")
    cat >"$work/config.json" <<JSON
{
  "listen": {"port": 0, "loops": 1, "drainGrace": "1s"},
  "certificates": {"certificateFile": "server.pem", "keyFile": "server.key", "clientRootsFile": "ca.pem"},
  "identity": {"trustDomain": "bench.example.com", "issuer": "bench", "tokenKeys": [{"id": "k1", "publicKeyFile": "token.pub"}],
    "services": [{"name": "*", "scopes": ["*"]}]},
  "storage": {
    "connection": "host=$work dbname=switchboard user=switchboard_app",
    "ownerConnection": "host=$work dbname=switchboard user=switchboard_owner",
    "connectionsPerLoop": $CONNECTIONS
  },
  "secretFile": "secret"
}
JSON
    "$SERVER" migrate --config "$work/config.json" >/dev/null
    # What is measured is not how soon a caller has called often enough.
    sql switchboard <<'SQL'
INSERT INTO quota (tenant_id, kind, name, class, per_period, burst)
SELECT '_platform', kind, '', class, 1000000000, 1000000000
FROM unnest(ARRAY['principal', 'tenant', 'service']) AS kind, unnest(ARRAY['read', 'write', 'ingest']) AS class
SQL
}

# A token lives for a quarter of an hour at most.
issue_token() {
    "$SERVER" token issue --key "$work/token.key" --key-id k1 --issuer bench --certificate "$work/bench.pem" --subject bench --tenant acme \
        --roles admin | head -1 >"$work/token"
}

# start_server NAME: leaves its process in `pid` and its address in `address`.
start_server() {
    mkfifo "$work/$1.out"
    "$SERVER" serve --config "$work/config.json" >"$work/$1.out" 2>&1 &
    pid=$!
    pids+=("$pid")
    exec {said}<"$work/$1.out"
    read -r -t 60 line <&"$said" || { echo "database.sh: the server did not start" >&2; exit 1; }
    cat <&"$said" >"$work/$1.log" &
    address="$(grep -o '127.0.0.1:[0-9]*' <<<"$line" | head -1)"
}

# CPU time of a process and all its threads so far, in nanoseconds.
cpu() { cat /proc/"$1"/task/*/schedstat | awk '{ total += $1 } END { printf "%.0f", total }'; }
median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
per_call() { awk -v cpu="$1" -v calls="${2:-$CALLS}" 'BEGIN { printf "%.1f", cpu / calls / 1000 }'; }
above() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'; }

# load ADDRESS CALLS [OPTION]…: leaves calls a second in `rate`.
load() {
    "$BENCH" database --target "$1" --cert "$work/bench.pem" --key "$work/bench.key" --ca "$work/ca.pem" --token "$work/token" \
        --calls "$2" --at-once "$AT_ONCE" "${@:3}" >"$work/load.$1"
    rate="$(sed -n 's/.* calls, \([0-9]*\) a second.*/\1/p' "$work/load.$1")"
}

make_script() {
    local index
    {
        printf 'SELECT '
        for ((index = 1; index <= PIPELINES; index++)); do
            if [ "$index" -gt 1 ]; then printf ', '; fi
            printf "('x' || substr(h[%d], 17))::bit(64)::bigint AS lock%d, " "$index" "$index"
            printf "h[%d] AS id%d, 'key-' || h[%d] AS key%d, 'lead-' || h[%d] || '@example.com' AS email%d, h[%d]::uuid::text AS text%d" \
                "$index" "$index" "$index" "$index" "$index" "$index" "$index" "$index"
        done
        # An id begins with its time, as the server's do: that is where an index keeps it.
        printf ", clock_timestamp() AS now, '' AS empty FROM (SELECT array_agg(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')"
        printf " || '7' || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15)) AS h"
        printf ' FROM generate_series(1, %d)) AS made \\gset\n' "$PIPELINES"
        for ((index = 1; index <= PIPELINES; index++)); do
            sed -E "s/:(id|key|email|text|lock)([,)])/:\1$index\2/g" Benchmarks/database/create-lead.sql
        done
    } >"$work/script.sql"
}

# pgbench SCRIPT TRANSACTIONS PIPELINES [OPTION]…: leaves how many transactions a second in `rate`, its CPU nanoseconds in `used`.
pgbench() {
    local script="$1" runs=$(($2 / CONNECTIONS / $3)) pipelines="$3" TIMEFORMAT='%U %S'
    { time PGOPTIONS='' "$POSTGRES/pgbench" -h "$work" -U switchboard_app -n -M prepared -c "$CONNECTIONS" -j 1 -t "$runs" -f "$script" \
        "${@:4}" switchboard >"$work/pgbench.out" 2>"$work/pgbench.errors"; } 2>"$work/time" || { cat "$work/pgbench.errors" >&2; exit 1; }
    grep -q "number of transactions actually processed: $((runs * CONNECTIONS))/" "$work/pgbench.out" || { cat "$work/pgbench.out" >&2; exit 1; }
    rate="$(awk -v n="$pipelines" '/^tps/ { printf "%.0f", $3 * n }' "$work/pgbench.out")"
    used="$(awk '{ printf "%.0f", ($1 + $2) * 1e9 }' "$work/time")"
}

pgbench_leads() {
    pgbench "$work/script.sql" "$CALLS" "$PIPELINES" \
        -D tenant=acme -D caller=bench/bench -D request=0123456789abcdef0123456789abcdef -D timeout=30000 \
        -D "fingerprint=\\x$(printf '5a%.0s' {1..32})" -D "reply=\\x$(printf '5a%.0s' {1..140})" \
        -D topic=switchboard.lead.v1.LeadCreated -D "payload=\\x$(printf '5a%.0s' {1..38})" \
        -D first_name=Ada -D last_name=Lovelace -D company='Analytical Engines' -D status=new -D score=0 -D source=manual -D none='{}' \
        -D object='{}' -D false=f
}

# What ran CALLS times, as PostgreSQL identifies it; a server looks after its database now and then, by statements of the same kind.
statements() {
    sql switchboard <<<"SELECT s.queryid FROM pg_stat_statements AS s JOIN pg_roles AS r ON r.oid = s.userid
        WHERE r.rolname = 'switchboard_app' AND s.calls BETWEEN $CALLS AND $CALLS * 1.2 ORDER BY 1"
    sql switchboard <<<'SELECT pg_stat_statements_reset()' >/dev/null
}

demand_same_statements() {
    local ours theirs
    sql switchboard <<<'SELECT pg_stat_statements_reset()' >/dev/null
    load "$address" "$CALLS"
    sql switchboard <<<"SELECT calls, queryid, query FROM pg_stat_statements" >"$work/ours"
    ours="$(statements)"
    pgbench_leads
    sql switchboard <<<"SELECT calls, queryid, query FROM pg_stat_statements" >"$work/theirs"
    theirs="$(statements)"
    if [ -z "$ours" ] || [ "$ours" != "$theirs" ]; then
        echo "database.sh: the statements differ; ours, then pgbench's:" >&2
        cat "$work/ours" >&2
        echo >&2
        grep switchboard_app -v "$work/theirs" >&2
        exit 1
    fi
    echo "The same $(wc -l <<<"$ours") statements, each $CALLS times." >&2
}

# The median of a column of the rounds.
column() { cut -d' ' -f"$1" "$work/rounds" | median; }

create() {
    local round before ours_rate ours_cpu theirs_cpu
    demand_same_statements
    : >"$work/rounds"
    for ((round = 0; round < ROUNDS; round++)); do
        before="$(cpu "$server")"
        load "$address" "$CALLS"
        ours_cpu="$(per_call $(($(cpu "$server") - before)))" ours_rate="$rate"
        pgbench_leads
        theirs_cpu="$(per_call "$used")"
        echo "$ours_rate $rate $(ratio "$ours_rate" "$rate") $ours_cpu $theirs_cpu $(ratio "$ours_cpu" "$theirs_cpu")" | tee -a "$work/rounds" >&2
    done
    echo "| calls/s | pgbench, transactions/s | ratio | µs of server CPU for a call | µs of pgbench's for a transaction | ratio |"
    echo "|---|---|---|---|---|---|"
    printf '| %.0f | %.0f | %.2f | %.1f | %.1f | %.2f |\n' "$(column 1)" "$(column 2)" "$(column 3)" "$(column 4)" "$(column 5)" "$(column 6)"
    if above "${RATE:-0.70}" "$(column 3)" || above "$(column 6)" "${COST:-2.0}"; then failed=1; fi
}

# Has the server issue two invoices while PostgreSQL tells what it is sent, and makes a script of that.
record_invoices() {
    load "$address" 1 --workload invoices
    sql switchboard <<<'SELECT id FROM customer' >"$work/customers"
    local setting served="$address"
    for setting in "log_statement = 'all'" "log_parameter_max_length = -1" "debug_print_parse = on" "debug_pretty_print = off"; do
        sql switchboard <<<"ALTER SYSTEM SET $setting" >/dev/null
    done
    sql switchboard <<<'SELECT pg_reload_conf()' >/dev/null
    # Types are told of when a statement is prepared.
    start_server recorded
    AT_ONCE=1 load "$address" 2 --workload invoices
    kill "$pid"
    address="$served"
    sql switchboard <<<'ALTER SYSTEM RESET ALL' >/dev/null
    sql switchboard <<<'SELECT pg_reload_conf()' >/dev/null
    python3 Benchmarks/database/record.py "$work/statements.json" 'INSERT INTO invoice ' "$INVOICE_PIPELINES" "$work/customers" >"$work/invoices.sql"
}

# What ran TIMES times and is not of every transaction's frame, without constants, and without the numbers and types of parameters, which pgbench writes its own way.
texts() {
    sql switchboard <<SQL | sed -E "s/-?\\\$?('[^']*'|\b([0-9]+|true|false|year)\b)(::[a-z0-9]+(\[\])?)?/\$/g; s/ +/ /g" | sort -u
SELECT translate(s.query, E'\n', ' ') FROM pg_stat_statements AS s JOIN pg_roles AS r ON r.oid = s.userid
WHERE r.rolname = 'switchboard_app' AND s.toplevel AND s.calls BETWEEN $1 AND $1 * 1.2
    AND s.query !~ '^(BEGIN|COMMIT|SELECT set_config)' AND s.query NOT LIKE '% AS pool%'
SQL
    sql switchboard <<<'SELECT pg_stat_statements_reset()' >/dev/null
}

issue() {
    local round before
    INVOICE_PIPELINES=10
    local invoices=$((INVOICES / CONNECTIONS / INVOICE_PIPELINES * CONNECTIONS * INVOICE_PIPELINES))
    record_invoices
    sql switchboard <<<'SELECT pg_stat_statements_reset()' >/dev/null
    load "$address" "$invoices" --workload invoices
    texts "$invoices" >"$work/ours"
    pgbench "$work/invoices.sql" "$invoices" "$INVOICE_PIPELINES"
    texts "$invoices" >"$work/theirs"
    if [ ! -s "$work/ours" ] || ! diff "$work/ours" "$work/theirs" >&2; then echo "database.sh: the statements differ" >&2; exit 1; fi
    echo "The same $(wc -l <"$work/ours") statements, each $invoices times." >&2
    # As autovacuum would have done it: plans that were made while the tables were empty are made anew.
    sql switchboard <<<'ANALYZE'
    : >"$work/rounds"
    for ((round = 0; round < ROUNDS; round++)); do
        before="$(cpu "$server")"
        load "$address" "$invoices" --workload invoices
        local ours_rate="$rate" ours_cpu
        ours_cpu="$(per_call $(($(cpu "$server") - before)) "$invoices")"
        pgbench "$work/invoices.sql" "$invoices" "$INVOICE_PIPELINES"
        echo "$ours_rate $rate $(ratio "$ours_rate" "$rate") $ours_cpu $(per_call "$used" "$invoices")" | tee -a "$work/rounds" >&2
    done
    echo "| invoices/s | pgbench, transactions/s | ratio | µs of server CPU for a call | µs of pgbench's for a transaction |"
    echo "|---|---|---|---|---|"
    printf '| %.0f | %.0f | %.2f | %.1f | %.1f |\n' "$(column 1)" "$(column 2)" "$(column 3)" "$(column 4)" "$(column 5)"
    if above "${RATE:-0.70}" "$(column 3)"; then failed=1; fi
}

preview() {
    local before round
    : >"$work/rounds"
    load "$address" 100 --workload previews
    for ((round = 0; round < ROUNDS; round++)); do
        before="$(cpu "$server")"
        load "$address" "$INVOICES" --workload previews
        echo "$rate $(per_call $(($(cpu "$server") - before)) "$INVOICES")" | tee -a "$work/rounds" >&2
    done
    echo "| previews of 50 lines/s | µs of server CPU for a call |"
    echo "|---|---|"
    printf '| %.0f | %.1f |\n' "$(column 1)" "$(column 2)"
}

# Journals of four lines over three years, by the triggers that every journal passes.
fill_ledger() {
    local journals=$((LINES / 4)) batch=5000 first
    for ((first = 0; first < journals; first += batch)); do
        sql switchboard <<SQL
BEGIN;
SET LOCAL app.tenant = 'acme';
CREATE TEMPORARY TABLE made ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, date '2023-01-01' + (n % 1095) AS day, n FROM generate_series($first, $first + $batch - 1) AS n;
INSERT INTO ledger_journal (tenant_id, id, effective_on, document_kind, document_id, posted_by, line_count)
    SELECT 'acme', id, day, 'manual', id, 'bench', 4 FROM made;
INSERT INTO ledger_line (tenant_id, journal_id, number, effective_on, line_count, account, currency, debit, credit)
    SELECT 'acme', id, line, day, 4, (ARRAY[1000, 4000, 5000, 1200])[line], 'INR',
        CASE WHEN line % 2 = 1 THEN 100 + n % 1000 ELSE 0 END, CASE WHEN line % 2 = 0 THEN 100 + n % 1000 ELSE 0 END
    FROM made CROSS JOIN generate_series(1, 4) AS line;
COMMIT;
SQL
    done
}

balance() {
    fill_ledger
    sql switchboard <<<'ANALYZE'
    AT_ONCE=1 load "$address" 200 --workload balances
    echo "TrialBalance over $(sql switchboard <<<'SELECT count(*) FROM ledger_line') lines: $(cat "$work/load.$address")"
    if above "$(sed 's/.*median \([0-9.]*\) ms.*/\1/' "$work/load.$address")" 200; then failed=1; fi
}

# pair WORKLOAD CALLS
pair() {
    local workload="$1" calls="$2" all="$AT_ONCE" round before second other_address one two
    : >"$work/rounds"
    local first="$server" first_address="$address"
    start_server "second-$workload"
    second="$pid" other_address="$address" address="$first_address"
    load "$first_address" $((calls / 10)) --workload "$workload"
    # As autovacuum would have done it: plans that were made while the tables were empty are made anew.
    sql switchboard <<<'ANALYZE'
    load "$other_address" $((calls / 10)) --workload "$workload"
    for ((round = 0; round < ROUNDS; round++)); do
        issue_token
        before="$(cpu "$first")"
        load "$first_address" "$calls" --workload "$workload"
        one="$(per_call $(($(cpu "$first") - before)) "$calls")"
        before=$(($(cpu "$first") + $(cpu "$second")))
        AT_ONCE=$((all / 2)) load "$first_address" $((calls / 2)) --workload "$workload" &
        local half=$!
        AT_ONCE=$((all / 2)) load "$other_address" $((calls / 2)) --workload "$workload"
        wait "$half"
        two="$(per_call $(($(cpu "$first") + $(cpu "$second") - before)) "$calls")"
        echo "$one $two $(ratio "$two" "$one")" | tee -a "$work/rounds" >&2
    done
    kill "$second"
    echo "| $workload: µs of CPU for a call, one server has all calls | each has half of them | ratio |"
    echo "|---|---|---|"
    printf '| %.1f | %.1f | %.2f |\n' "$(column 1)" "$(column 2)" "$(column 3)"
    if above "$(column 3)" "${PAIR:-1.10}"; then failed=1; fi
}

CALLS=$((CALLS / CONNECTIONS / PIPELINES * CONNECTIONS * PIPELINES))
failed=0
start_cluster
make_identities
make_script
issue_token
start_server first
server="$pid"
load "$address" $((CALLS / 10))
if [ $# -eq 0 ]; then set -- create issue preview balance pair invoices slow; fi
for one in "$@"; do
    issue_token
    case "$one" in
        create) create ;;
        issue) issue ;;
        preview) preview ;;
        balance) balance ;;
        pair) pair leads "$CALLS" ;;
        invoices) pair invoices "$INVOICES" ;;
        slow) "$BENCH" slow --connection "host=$work dbname=switchboard user=switchboard_app" ;;
        *) echo "database.sh: create, issue, preview, balance, pair, invoices or slow, not $one" >&2; exit 64 ;;
    esac
done
exit "$failed"
