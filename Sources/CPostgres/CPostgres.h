/* libpq as Debian installs it: the folder is named here, so that no compiler flag is needed. */
#pragma once
#include <openssl/ssl.h>
#include <postgresql/libpq-fe.h>

/* The fields of an error report; libpq names them by character macros, which Swift does not import. */
enum switchboard_pg_field {
    SWITCHBOARD_PG_SEVERITY = PG_DIAG_SEVERITY_NONLOCALIZED,
    SWITCHBOARD_PG_SQLSTATE = PG_DIAG_SQLSTATE,
    SWITCHBOARD_PG_MESSAGE = PG_DIAG_MESSAGE_PRIMARY,
    SWITCHBOARD_PG_DETAIL = PG_DIAG_MESSAGE_DETAIL,
    SWITCHBOARD_PG_HINT = PG_DIAG_MESSAGE_HINT,
    SWITCHBOARD_PG_TABLE = PG_DIAG_TABLE_NAME,
    SWITCHBOARD_PG_COLUMN = PG_DIAG_COLUMN_NAME,
    SWITCHBOARD_PG_CONSTRAINT = PG_DIAG_CONSTRAINT_NAME,
    SWITCHBOARD_PG_SOURCE_FUNCTION = PG_DIAG_SOURCE_FUNCTION,
};

/* Plaintext that OpenSSL holds already: the socket does not become readable for it. */
static inline int switchboard_pg_tls_pending(PGconn *connection) {
    SSL *tls = (SSL *)PQgetssl(connection);
    return tls == NULL ? 0 : SSL_pending(tls);
}
