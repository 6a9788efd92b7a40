#!/usr/bin/env bash
# How soon after its commit a job begins, and how many are claimed, run and completed a second.
#
# usage: Benchmarks/jobs.sh [options of `switchbench jobs`]
#
# The cluster is this script's own, on /dev/shm and without fsync: what is measured is CPU, not a disk. BENCH is the release build of
# switchbench.
set -euo pipefail
cd "$(dirname "$0")/.."

BENCH="${BENCH:-.build/release/switchbench}"
POSTGRES="${POSTGRES:-/usr/lib/postgresql/15/bin}"

for program in "$BENCH" "$POSTGRES/initdb"; do
    command -v "$program" >/dev/null || { echo "jobs.sh: there is no $program; \`make bench-jobs\` gets what is needed" >&2; exit 1; }
done

work="$(mktemp -d /dev/shm/switchboard.XXXXXX)"
finish() {
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

cd "$work"
"${as_postgres[@]}" "$POSTGRES/initdb" -D "$work/data" -U postgres --auth trust --encoding UTF8 --locale C --no-sync --no-instructions \
    >"$work/initdb.log"
cat >>"$work/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$work'
fsync = off
full_page_writes = off
max_wal_size = 4GB
shared_buffers = 256MB
SETTINGS
"${as_postgres[@]}" "$POSTGRES/postgres" -D "$work/data" >"$work/postgres.log" 2>&1 &
until "${as_postgres[@]}" "$POSTGRES/pg_isready" -q -h "$work" -U postgres; do sleep 0.1; done
cd "$OLDPWD"

"$BENCH" jobs --connection "host=$work user=postgres dbname=postgres" "$@"
