/* h2load 1.52 presents no client certificate. Preloaded, this gives one to each TLS context that it makes. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

SSL_CTX *SSL_CTX_new(const SSL_METHOD *method) {
    SSL_CTX *(*next)(const SSL_METHOD *) = dlsym(RTLD_NEXT, "SSL_CTX_new");
    SSL_CTX *context = next(method);
    if (context == NULL) return NULL;
    const char *certificate = getenv("CLIENT_CERTIFICATE"), *key = getenv("CLIENT_KEY");
    if (certificate == NULL || key == NULL || SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        fputs("CLIENT_CERTIFICATE and CLIENT_KEY must name PEM files of a certificate and its key\n", stderr);
        exit(1);
    }
    return context;
}
