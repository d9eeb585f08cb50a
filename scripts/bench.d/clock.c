/* clock.c: prints the nanoseconds of the monotonic clock: an activity that tells when it was there. */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

int main(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return printf("%jd\n", (intmax_t)now.tv_sec * 1000000000 + now.tv_nsec) < 0;
}
