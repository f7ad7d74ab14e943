// Preloaded under ThreadSanitizer: Swift's Mutex takes its fast path in the instrumented program, and its slow one,
// under contention, in a library that is not. This file tells the sanitizer the order.
#include <dlfcn.h>
#include <stdint.h>

#define SWIFTCALL __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Of the program's runtime; not there in others that this is loaded into.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// Synchronization._MutexHandle._lockSlow(UInt32), ._unlockSlow()
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFTCALL void (*lock_function)(uint32_t, SELF void *);
typedef SWIFTCALL void (*unlock_function)(SELF void *);

SWIFTCALL void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFTCALL void unlock_slow(SELF void *handle) __asm__(UNLOCK);

SWIFTCALL void lock_slow(uint32_t thread, SELF void *handle) {
    ((lock_function)dlsym(RTLD_NEXT, LOCK))(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFTCALL void unlock_slow(SELF void *handle) {
    if (__tsan_release) __tsan_release(handle);
    ((unlock_function)dlsym(RTLD_NEXT, UNLOCK))(handle);
}
