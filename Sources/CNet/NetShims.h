/* What glibc hides without _GNU_SOURCE; defining that here would make these headers disagree with Swift's own Glibc module. */
#pragma once
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);

enum { switchboard_SOCK_NONBLOCK = SOCK_NONBLOCK, switchboard_SOCK_CLOEXEC = SOCK_CLOEXEC };
