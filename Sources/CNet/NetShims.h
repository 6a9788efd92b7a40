/* What glibc hides without _GNU_SOURCE; defining that here would make these headers disagree with Swift's own Glibc module. */
#pragma once
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);

/* SOCK_STREAM and its flags are an enum in glibc, which Swift imports as a type of its own. */
static inline int switchboard_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int switchboard_accept(int descriptor) {
    return accept4(descriptor, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
