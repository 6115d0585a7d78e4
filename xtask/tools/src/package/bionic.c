/* Whether what the engine and the unwinder exchange with the C library has the size that it has on
 * Android: the numbers are those of bionic's headers on 64-bit and on 32-bit processors. Compiled for
 * each processor, and not linked. */

#include <link.h>
#include <pthread.h>
#include <sys/time.h>
#include <time.h>

#define SIZE(type, wide, narrow) \
    _Static_assert(sizeof(type) == (sizeof(long) == 8 ? (wide) : (narrow)), #type)

SIZE(time_t, 8, 4);
SIZE(struct timespec, 16, 8);
SIZE(struct timeval, 16, 8);
SIZE(struct tm, 56, 44);
SIZE(clockid_t, 4, 4);
SIZE(pthread_t, 8, 4);
SIZE(pthread_attr_t, 56, 24);
SIZE(pthread_mutex_t, 40, 4);
SIZE(pthread_mutexattr_t, 8, 4);
SIZE(pthread_cond_t, 48, 4);
SIZE(pthread_condattr_t, 8, 4);
SIZE(pthread_rwlock_t, 56, 40);
SIZE(pthread_once_t, 4, 4);
SIZE(pthread_key_t, 4, 4);
SIZE(struct dl_phdr_info, 64, 40);
