// Preloaded by tests: no thread and no program can be started any more, as when their limit is
// reached. That limit itself does not hold for root.
#include <pthread.h>
#include <spawn.h>

#include <cerrno>

extern "C" {

int pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) { return EAGAIN; }

int posix_spawnp(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                 char* const*, char* const*) {
  return EAGAIN;
}

int posix_spawn(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                char* const*, char* const*) {
  return EAGAIN;
}

}  // extern "C"
