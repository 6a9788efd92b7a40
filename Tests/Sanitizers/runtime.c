// Tells ThreadSanitizer of what happens inside of Swift's own libraries, which are not instrumented. Preloaded by sanitizers.sh.
//
// The fast path of a Mutex is inlined into instrumented code and seen; its slow one is a system call inside of libswiftSynchronization:
// every value behind a contended lock would be reported.
//
// Whoever resumes a continuation releases its task, and the task acquires when it runs again. But a task that is resumed before it has gone
// to sleep just goes on, and libswift_Concurrency forgets to say that it acquired: what it was handed would be reported.

#include <dlfcn.h>
#include <stdint.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define ASYNC __attribute__((swiftasynccall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*Lock)(uint32_t thread, SELF void *handle);
typedef SWIFT void (*Unlock)(SELF void *handle);

typedef ASYNC void (*Await)(void *continuation);
typedef SWIFT void (*Enter)(void *context);
typedef SWIFT void *(*CurrentTask)(void);

static Lock lock;
static Unlock unlock;
static Await await;
static Enter enter;
static CurrentTask currentTask;

__attribute__((constructor)) static void find(void) {
    lock = (Lock)dlsym(RTLD_NEXT, LOCK);
    unlock = (Unlock)dlsym(RTLD_NEXT, UNLOCK);
    await = (Await)dlsym(RTLD_NEXT, "swift_continuation_await");
    enter = (Enter)dlsym(RTLD_NEXT, "swift_task_enterThreadLocalContext");
    currentTask = (CurrentTask)dlsym(RTLD_NEXT, "swift_task_getCurrent");
}

SWIFT void lockSlow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void lockSlow(uint32_t thread, SELF void *handle) {
    lock(thread, handle);
    __tsan_acquire(handle);
}

SWIFT void unlockSlow(SELF void *handle) __asm__(UNLOCK);
SWIFT void unlockSlow(SELF void *handle) {
    __tsan_release(handle);
    unlock(handle);
}

// The continuation may have been resumed by now.
ASYNC void swift_continuation_await(void *continuation) {
    __tsan_acquire(currentTask());
    __attribute__((musttail)) return await(continuation);
}

// Called when it is resumed in the middle of going to sleep.
SWIFT void swift_task_enterThreadLocalContext(void *context) {
    void *task = currentTask();
    if (task) __tsan_acquire(task);
    enter(context);
}
