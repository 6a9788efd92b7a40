/* What TLS needs of OpenSSL and Swift cannot see: macros, casts in constants, thread-local storage. */
#pragma once

static const uint64_t CNET_SSL_OPTIONS =
    /* mTLS and resumption do not mix: a resumed session skips the check of the client's certificate. */
    SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE;

static inline int cnet_ssl_ctx_set_min_version(SSL_CTX *context, int version) { return (int)SSL_CTX_set_min_proto_version(context, version); }
static inline void cnet_ssl_ctx_set_mode(SSL_CTX *context, long mode) { SSL_CTX_set_mode(context, mode); }
static inline void cnet_ssl_ctx_disable_session_cache(SSL_CTX *context) { SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF); }
static inline void cnet_ssl_ctx_set_max_cert_list(SSL_CTX *context, long bytes) { SSL_CTX_set_max_cert_list(context, bytes); }
static inline int cnet_ssl_ctx_set_groups(SSL_CTX *context, const char *names) { return (int)SSL_CTX_set1_groups_list(context, names); }
static inline int cnet_ssl_ctx_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline int cnet_store_new_index(void) { return X509_STORE_get_ex_new_index(0, NULL, NULL, NULL, NULL); }
static inline int cnet_ssl_set_server_name(SSL *connection, const char *name) { return (int)SSL_set_tlsext_host_name(connection, name); }

/* Where this thread decrypts into: one record's plaintext for all its connections, instead of 16 KiB for each of them. */
struct cnet_plaintext {
    int is_lent;
    unsigned char bytes[SSL3_RT_MAX_PLAIN_LENGTH];
};
static inline struct cnet_plaintext *cnet_thread_plaintext(void) {
    static _Thread_local struct cnet_plaintext plaintext;
    return &plaintext;
}
/* Lends the thread's buffer until it is given back; null while it is lent. */
static inline unsigned char *cnet_lend_plaintext(void) {
    struct cnet_plaintext *plaintext = cnet_thread_plaintext();
    if (plaintext->is_lent) return NULL;
    plaintext->is_lent = 1;
    return plaintext->bytes;
}
static inline void cnet_return_plaintext(void) { cnet_thread_plaintext()->is_lent = 0; }

/* Output that waits for the socket: what a connection does not need any more, this thread's next one takes. Idle ones hold none. */
struct cnet_spare_output {
    void *bytes;
    size_t capacity;
};
static inline struct cnet_spare_output *cnet_thread_spare_output(void) {
    static _Thread_local struct cnet_spare_output spare;
    return &spare;
}
/* At least `least` bytes, `*capacity` in fact; null when there is no memory. */
static inline void *cnet_take_output(size_t least, size_t *capacity) {
    struct cnet_spare_output *spare = cnet_thread_spare_output();
    if (spare->capacity < least) {
        *capacity = least;
        return malloc(least);
    }
    void *bytes = spare->bytes;
    *capacity = spare->capacity;
    spare->bytes = NULL;
    spare->capacity = 0;
    return bytes;
}
/* Keeps the larger one. */
static inline void cnet_give_output(void *bytes, size_t capacity) {
    struct cnet_spare_output *spare = cnet_thread_spare_output();
    if (capacity <= spare->capacity) {
        free(bytes);
        return;
    }
    free(spare->bytes);
    spare->bytes = bytes;
    spare->capacity = capacity;
}

static inline void cnet_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void cnet_bio_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
