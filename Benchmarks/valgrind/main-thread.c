/* The main thread of a Swift program with an async main waits in libdispatch's sigsuspend, which valgrind does not survive. Preloaded, this
   lets it wait in pause. */
#include <signal.h>
#include <unistd.h>

int sigsuspend(const sigset_t *mask) {
    (void)mask;
    for (;;) pause();
}
