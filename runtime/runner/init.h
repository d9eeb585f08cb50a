/* init.h: what the first process of a container or namespace has to do: reap orphans, pass signals on.
 * Nothing is owned. */
#ifndef RUNTIME_RUNNER_INIT_H
#define RUNTIME_RUNNER_INIT_H

/* Calls work(context) and returns its result: in this process, or, as process 1, in a child of it, while this one
 * reaps whatever ends and passes every signal on. A child ended by a signal gives 128 + its number. */
int init_run(int (*work)(void *context), void *context);

#endif
