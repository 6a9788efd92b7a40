/* What glibc hides without _GNU_SOURCE; defining that here would make these headers disagree with Swift's own Glibc module. */
#pragma once
int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int sched_getaffinity(pid_t process, size_t size, cpu_set_t *mask);

/* Processors that this process may run on; 0 when there are more than the mask holds. */
static inline int switchboard_processors(void) {
    cpu_set_t mask;
    int count = 0;
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) return 0;
    for (size_t word = 0; word < sizeof mask.__bits / sizeof mask.__bits[0]; word++) count += __builtin_popcountl(mask.__bits[word]);
    return count;
}

/* Of the calling thread alone: Linux has a niceness for each. */
static inline int switchboard_be_nice(int niceness) { return setpriority(PRIO_PROCESS, 0, niceness); }

/* The process at the other end of a Unix socket, as the kernel saw it when it connected (SO_PEERCRED); 0 when there is none. */
static inline int switchboard_peer_credentials(int descriptor, pid_t *process, uid_t *user, gid_t *group) {
    struct { pid_t pid; uid_t uid; gid_t gid; } credentials = {0, 0, 0};
    socklen_t length = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0 || credentials.uid == (uid_t)-1) return 0;
    *process = credentials.pid, *user = credentials.uid, *group = credentials.gid;
    return 1;
}

/* SOCK_STREAM and its flags are an enum in glibc, which Swift imports as a type of its own. */
static inline int switchboard_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}
static inline int switchboard_accept(int descriptor) {
    return accept4(descriptor, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/* Signals come out of pipes. The handler does the one thing that is safe in it, and any thread may run it: masks would not do, since the
   main thread of a Swift program with an async main waits in libdispatch's sigsuspend with none. */
static inline volatile int *switchboard_signal_pipe(int signal) {
    static volatile int pipes[65];
    return &pipes[signal];
}
static inline void switchboard_note_signal(int signal) {
    int saved = errno;
    unsigned char byte = (unsigned char)signal;
    ssize_t written = write(*switchboard_signal_pipe(signal), &byte, 1);
    (void)written;
    errno = saved;
}
static inline int switchboard_watch_signal(int signal, int pipe) {
    struct sigaction action = {0};
    if (signal < 1 || signal > 64) { errno = EINVAL; return -1; }
    *switchboard_signal_pipe(signal) = pipe;
    action.sa_handler = switchboard_note_signal;
    action.sa_flags = SA_RESTART;
    return sigaction(signal, &action, 0);
}
