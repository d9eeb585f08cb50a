#include "backends/cli/lint_jobs.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "backends/cli/discover.h"

/* Jobs that wait in a ring hold their trees: a few a thread are enough to keep all of them at work. */
enum {
    JOBS_A_THREAD = 8,
    MOST_THREADS = 64,
    FEW_FILES = 16,
    STACK_SIZE = 8 * 1024 * 1024 /* a main thread's: deep documents are read by recursion */
};

struct lint_jobs {
    pthread_mutex_t lock;
    pthread_cond_t given_more, done_more;
    pthread_t threads[MOST_THREADS];
    size_t thread_count;
    struct lint_job *ring;
    bool *done;
    size_t room;
    size_t given, taken,
        dropped; /* counted up for ever: a job's place is its number modulo `room` */
    bool ended;
};

static void do_job(struct lint_job *job)
{
    diag_bag_init(&job->bag);
    job->status = compile_open(&job->unit, job->path, &job->bag);
    job->error = errno;
    job->passed_over = false;
    if (job->status != SOURCE_OK)
        return;
    job->passed_over = !job->named && !discover_is_experiment(&job->unit.doc);
    if (job->passed_over || job->only_read)
        return;
    compile_check(&job->unit, &job->bag);
    lint_run(&job->unit.ir, &job->input, &job->bag);
}

static void *work(void *context)
{
    struct lint_jobs *jobs = context;
    pthread_mutex_lock(&jobs->lock);
    for (;;) {
        while (jobs->taken == jobs->given && !jobs->ended)
            pthread_cond_wait(&jobs->given_more, &jobs->lock);
        if (jobs->taken == jobs->given)
            break;
        size_t place = jobs->taken++ % jobs->room;
        pthread_mutex_unlock(&jobs->lock);
        do_job(&jobs->ring[place]);
        pthread_mutex_lock(&jobs->lock);
        jobs->done[place] = true;
        pthread_cond_signal(&jobs->done_more);
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

static void start_threads(struct lint_jobs *jobs, size_t count)
{
    pthread_attr_t attributes;
    if (count == 0 || pthread_attr_init(&attributes) != 0)
        return;
    if (pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0)
        while (jobs->thread_count < count && jobs->thread_count < MOST_THREADS &&
               pthread_create(&jobs->threads[jobs->thread_count], &attributes, work, jobs) == 0)
            jobs->thread_count++;
    pthread_attr_destroy(&attributes);
}

struct lint_jobs *lint_jobs_start(struct arena *arena, size_t threads)
{
    struct lint_jobs *jobs = ARENA_NEW(arena, struct lint_jobs);
    if (threads > MOST_THREADS)
        threads = MOST_THREADS;
    jobs->room = threads ? threads * JOBS_A_THREAD : 1;
    jobs->ring = ARENA_ARRAY(arena, struct lint_job, jobs->room);
    jobs->done = ARENA_ARRAY(arena, bool, jobs->room);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->given_more, NULL);
    pthread_cond_init(&jobs->done_more, NULL);
    start_threads(jobs, threads);
    return jobs;
}

bool lint_jobs_has_room(const struct lint_jobs *jobs)
{
    return jobs->given - jobs->dropped < jobs->room;
}

void lint_jobs_give(struct lint_jobs *jobs, const struct lint_job *job)
{
    pthread_mutex_lock(&jobs->lock);
    size_t place = jobs->given++ % jobs->room;
    jobs->ring[place] = *job;
    jobs->done[place] = false;
    pthread_cond_signal(&jobs->given_more);
    pthread_mutex_unlock(&jobs->lock);
}

struct lint_job *lint_jobs_wait(struct lint_jobs *jobs)
{
    size_t place = jobs->dropped % jobs->room;
    if (jobs->thread_count == 0) {
        do_job(&jobs->ring[place]);
        return &jobs->ring[place];
    }
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->done[place])
        pthread_cond_wait(&jobs->done_more, &jobs->lock);
    pthread_mutex_unlock(&jobs->lock);
    return &jobs->ring[place];
}

void lint_jobs_drop(struct lint_jobs *jobs)
{
    struct lint_job *job = &jobs->ring[jobs->dropped++ % jobs->room];
    if (job->status == SOURCE_OK)
        compile_free(&job->unit);
    diag_bag_free(&job->bag);
}

void lint_jobs_end(struct lint_jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->ended = true;
    pthread_cond_broadcast(&jobs->given_more);
    pthread_mutex_unlock(&jobs->lock);
    for (size_t i = 0; i < jobs->thread_count; i++)
        pthread_join(jobs->threads[i], NULL);
    pthread_cond_destroy(&jobs->done_more);
    pthread_cond_destroy(&jobs->given_more);
    pthread_mutex_destroy(&jobs->lock);
}

size_t lint_jobs_default(size_t files)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return files < FEW_FILES || processors < 2 ? 0 : (size_t)processors;
}
