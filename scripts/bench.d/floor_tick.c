/* floor_tick.c: sleeps 50 ms again and again until its standard input ends, then prints the 99th percentile of how
 * long that took, in milliseconds: what this machine, as busy as it is, gives a program that does nothing else. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 10000 };

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int main(void)
{
    static double took[MOST];
    int count = 0;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    for (double before = now_ms(); count < MOST && poll(&input, 1, 50) == 0; before = now_ms())
        took[count++] = now_ms() - before;
    qsort(took, (size_t)count, sizeof *took, compare);
    printf("%.1f\n", count ? took[count * 99 / 100] : 0);
    return 0;
}
