/* What Crypto needs of OpenSSL and Swift cannot see: variadic functions, macros, type-safe stacks. */
#pragma once

static inline EVP_PKEY *cnet_generate_ed25519(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }
static inline EVP_PKEY *cnet_generate_p256(void) { return EVP_EC_gen("P-256"); }

/* An RSA key from the big-endian bytes of its two numbers; NULL when OpenSSL does not take them. */
static inline EVP_PKEY *cnet_rsa_public_key(const unsigned char *modulus, size_t modulus_count, const unsigned char *exponent,
                                            size_t exponent_count) {
    EVP_PKEY *key = NULL;
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_count, NULL), *e = BN_bin2bn(exponent, (int)exponent_count, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *parameters = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (n && e && builder && context && OSSL_PARAM_BLD_push_BN(builder, "n", n) && OSSL_PARAM_BLD_push_BN(builder, "e", e) &&
        (parameters = OSSL_PARAM_BLD_to_param(builder)) != NULL && EVP_PKEY_fromdata_init(context) == 1) {
        if (EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) key = NULL;
    }
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    BN_free(n);
    BN_free(e);
    return key;
}

/* A P-256 key from its point in uncompressed form (SEC 1 section 2.3.3); NULL when it is not on the curve. */
static inline EVP_PKEY *cnet_p256_public_key(unsigned char *point, size_t count) {
    EVP_PKEY *key = NULL;
    char group[] = "prime256v1";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("group", group, 0),
                               OSSL_PARAM_construct_octet_string("pub", point, count), OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (context && EVP_PKEY_fromdata_init(context) == 1 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    return key;
}

/* Verifies RSASSA-PSS of SHA-256 with a salt of exactly 32 bytes, as RFC 7518 section 3.5 has it. */
static inline int cnet_verify_init_pss(EVP_MD_CTX *context, EVP_PKEY *key) {
    EVP_PKEY_CTX *parameters = NULL;
    return EVP_DigestVerifyInit_ex(context, &parameters, "SHA256", NULL, NULL, key, NULL) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, 32) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md_name(parameters, "SHA256", NULL) == 1;
}

/* Keys an HMAC of SHA-256. The parameters hold pointers, so they live and die here. */
static inline int cnet_hmac_sha256_init(EVP_MAC_CTX *context, const unsigned char *key, size_t count) {
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_init(context, key, count, parameters);
}

/* Points at the contents of a memory BIO, which stay the BIO's; answers how many bytes they are. */
static inline long cnet_bio_contents(BIO *bio, char **contents) { return BIO_get_mem_data(bio, contents); }

static inline int cnet_general_names_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline GENERAL_NAME *cnet_general_names_at(const GENERAL_NAMES *names, int index) { return sk_GENERAL_NAME_value(names, index); }
static inline int cnet_general_names_push(GENERAL_NAMES *names, GENERAL_NAME *name) { return sk_GENERAL_NAME_push(names, name) > 0; }

/* Adds an extension written in openssl.cnf's syntax. Only constant text may come here: the syntax knows no quoting. */
static inline int cnet_x509_add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

/* A password callback that gives none: without it OpenSSL asks on the terminal for the password of an encrypted key. */
static inline int cnet_no_password(char *buffer, int size, int writing, void *context) {
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}
static inline EVP_PKEY *cnet_pem_read_private_key(BIO *bio) { return PEM_read_bio_PrivateKey(bio, NULL, cnet_no_password, NULL); }
static inline EVP_PKEY *cnet_pem_read_public_key(BIO *bio) { return PEM_read_bio_PUBKEY(bio, NULL, cnet_no_password, NULL); }
static inline X509 *cnet_pem_read_certificate(BIO *bio) { return PEM_read_bio_X509(bio, NULL, cnet_no_password, NULL); }
static inline X509_CRL *cnet_pem_read_revocation_list(BIO *bio) { return PEM_read_bio_X509_CRL(bio, NULL, cnet_no_password, NULL); }

/* Revocation lists take copies of dates and numbers. */
static inline int cnet_crl_set_times(X509_CRL *list, long from, long until) {
    ASN1_TIME *first = ASN1_TIME_set(NULL, from), *last = ASN1_TIME_set(NULL, until);
    int is_set = first && last && X509_CRL_set1_lastUpdate(list, first) && X509_CRL_set1_nextUpdate(list, last);
    ASN1_TIME_free(first);
    ASN1_TIME_free(last);
    return is_set;
}
static inline int cnet_crl_set_number_after(X509_CRL *list, X509_CRL *previous) {
    ASN1_INTEGER *before = previous ? X509_CRL_get_ext_d2i(previous, NID_crl_number, NULL, NULL) : NULL;
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    int64_t value = 0;
    if (before && !ASN1_INTEGER_get_int64(&value, before)) value = 0;
    int is_set = number && ASN1_INTEGER_set_int64(number, value + 1) && X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, 0) == 1;
    ASN1_INTEGER_free(before);
    ASN1_INTEGER_free(number);
    return is_set;
}
static inline int cnet_crl_copy_entries(X509_CRL *list, X509_CRL *previous) {
    STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(previous);
    for (int index = 0; index < sk_X509_REVOKED_num(entries); index++) {
        X509_REVOKED *entry = X509_REVOKED_dup(sk_X509_REVOKED_value(entries, index));
        if (entry == NULL || !X509_CRL_add0_revoked(list, entry)) {
            X509_REVOKED_free(entry);
            return 0;
        }
    }
    return 1;
}
static inline int cnet_crl_set_authority(X509_CRL *list, X509 *issuer) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, NULL, NULL, list, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
    if (extension == NULL) return 0;
    int added = X509_CRL_add_ext(list, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}
static inline int cnet_crl_revoke(X509_CRL *list, X509 *certificate, long at) {
    X509_REVOKED *entry = X509_REVOKED_new();
    ASN1_TIME *time = ASN1_TIME_set(NULL, at);
    int is_made = entry && time && X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate)) &&
                  X509_REVOKED_set_revocationDate(entry, time) && X509_CRL_add0_revoked(list, entry);
    if (!is_made) X509_REVOKED_free(entry);
    ASN1_TIME_free(time);
    return is_made;
}

static inline const char *cnet_pkey_type_name(const EVP_PKEY *key) { return EVP_PKEY_get0_type_name(key); }

static inline int cnet_x509_name_print(BIO *bio, const X509_NAME *name) { return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253); }
