/* plan_rows.h: every table of a plan and every field of its rows, in the order in which they are
 * stored. The row types, the loader's bounds checks and the C emitter are all made from these
 * lists.
 *
 * F(field, TYPE) where TYPE is NUMBER (any number), an enumeration (ROLE, KIND, PROVIDER,
 * TOLERANCE_KIND, SOURCE), an index into a table (TEXT, VALUE, ACTIVITY, TOLERANCE), whose row 0 is
 * nothing (PLAN_NONE), x_RANGE for the first of a run of rows, and COUNT for how many
 * the range in the field before has. */
#ifndef RUNTIME_EXEC_PLAN_ROWS_H
#define RUNTIME_EXEC_PLAN_ROWS_H

/* Every distinct string once, bytes in the string table. */
#define PLAN_TEXT_FIELDS(F)                                                                        \
    F(at, NUMBER)     /* offset of the first byte */                                               \
    F(length, NUMBER) /* bytes */

/* The experiment document, and nothing but it: children stand behind their parents. */
#define PLAN_VALUE_FIELDS(F)                                                                       \
    F(kind, NUMBER) /* enum value_kind */                                                          \
    F(first,                                                                                       \
        NUMBER) /* of a boolean 0 or 1; of a number or string its text; else its first child */    \
    F(count, NUMBER) /* children of an array or object */                                          \
    F(keys, NUMBER)  /* of an object the first key: the i-th child is the i-th key's */

/* The names of objects' members; objects that have the same share them. */
#define PLAN_KEY_FIELDS(F) F(text, TEXT)

/* Hypothesis probes, method, rollbacks, then what else is called: dynamic configuration, tolerance
 * probes. */
#define PLAN_ACTIVITY_FIELDS(F)                                                                    \
    F(document, VALUE)         /* as written */                                                    \
    F(name, TEXT)              /* its name */                                                      \
    F(role, ROLE)              /* where it stands */                                               \
    F(kind, KIND)              /* probe or action */                                               \
    F(provider, PROVIDER)      /* who carries it out */                                            \
    F(flags, NUMBER)           /* PLAN_ACTIVITY_* */                                               \
    F(target, ACTIVITY)        /* of a reference what it refers to, or PLAN_NONE; else itself */   \
    F(pauses, VALUE)           /* the whole of `pauses` */                                         \
    F(timeout, VALUE)          /* activity level `timeout`, seconds */                             \
    F(expected_status, VALUE)  /* of http: what else than this fails it */                         \
    F(dry, VALUE)              /* its own dry mode */                                              \
    F(tolerance, TOLERANCE)    /* of a hypothesis probe */                                         \
    F(settings, VALUE)         /* the whole of `provider` */                                       \
    F(path, VALUE)             /* process: the command */                                          \
    F(url, VALUE)              /* http */                                                          \
    F(method, VALUE)           /* http */                                                          \
    F(headers, VALUE)          /* http */                                                          \
    F(verify_tls, VALUE)       /* http */                                                          \
    F(max_retries, VALUE)      /* http */                                                          \
    F(module, VALUE)           /* python */                                                        \
    F(func, VALUE)             /* python */                                                        \
    F(arguments, VALUE)        /* all three */                                                     \
    F(limit, VALUE)            /* the provider's `timeout`, seconds */                             \
    F(secrets, VALUE)          /* names of the secret groups it gets */                            \
    F(controls, CONTROL_RANGE) /* its own controls */                                              \
    F(control_count, COUNT)    /* how many */                                                      \
    F(line, NUMBER)            /* of its text in the source, from 1; 0 if unknown */               \
    F(column, NUMBER)          /* from 1; 0 if unknown */

#define PLAN_TOLERANCE_FIELDS(F)                                                                   \
    F(document, VALUE)      /* as written */                                                       \
    F(kind, TOLERANCE_KIND) /* how the output is judged */                                         \
    F(probe, ACTIVITY)      /* of a tolerance that is itself a probe */                            \
    F(words, WORD_RANGE)    /* of a JSONPath that is constant its program (jsonpath_program.h) */  \
    F(word_count, COUNT)    /* how many */                                                         \
    F(constants, TEXT)      /* what the program's slices index */                                  \
    F(dialect, NUMBER)      /* enum jsonpath_dialect */

/* Programs of JSONPaths and templates, one after the other. */
#define PLAN_WORD_FIELDS(F) F(value, NUMBER)

/* Strings that variables are put into, in the order of the strings. */
#define PLAN_TEMPLATE_FIELDS(F)                                                                    \
    F(text, TEXT)        /* as written */                                                          \
    F(words, WORD_RANGE) /* its program (template.h) */                                            \
    F(word_count, COUNT) /* how many */

#define PLAN_CONTROL_FIELDS(F)                                                                     \
    F(document, VALUE) /* as written */                                                            \
    F(name, TEXT)      /* its name */

/* Configuration keys, then secrets; a group's members stand together behind it. */
#define PLAN_VARIABLE_FIELDS(F)                                                                    \
    F(name, TEXT)              /* its key */                                                       \
    F(source, SOURCE)          /* where its value comes from */                                    \
    F(document, VALUE)         /* as written */                                                    \
    F(key, TEXT)               /* of an environment variable its name */                           \
    F(preset, VALUE)           /* its `default` */                                                 \
    F(type, TEXT)              /* its `env_var_type` */                                            \
    F(probe, ACTIVITY)         /* of dynamic configuration the probe to call */                    \
    F(members, VARIABLE_RANGE) /* of a group of secrets what it holds */                           \
    F(member_count, COUNT)     /* how many */

/* One row. */
#define PLAN_EXPERIMENT_FIELDS(F)                                                                  \
    F(document, VALUE)                    /* the whole experiment */                               \
    F(file, TEXT)                         /* name of the source it was read from */                \
    F(title, TEXT)                        /* as written */                                         \
    F(flags, NUMBER)                      /* PLAN_EXPERIMENT_* */                                  \
    F(hypothesis, VALUE)                  /* the hypothesis, if there is one */                    \
    F(probes, ACTIVITY_RANGE)             /* the hypothesis' probes */                             \
    F(probe_count, COUNT)                 /* how many */                                           \
    F(method, ACTIVITY_RANGE)             /* what is done */                                       \
    F(method_count, COUNT)                /* how many */                                           \
    F(rollbacks, ACTIVITY_RANGE)          /* what undoes it */                                     \
    F(rollback_count, COUNT)              /* how many */                                           \
    F(configuration, VARIABLE_RANGE)      /* configuration keys */                                 \
    F(configuration_count, COUNT)         /* how many */                                           \
    F(secrets, VARIABLE_RANGE)            /* secrets and groups of secrets */                      \
    F(secret_count, COUNT)                /* how many */                                           \
    F(controls, CONTROL_RANGE)            /* controls of the experiment */                         \
    F(control_count, COUNT)               /* how many */                                           \
    F(hypothesis_controls, CONTROL_RANGE) /* controls of the hypothesis */                         \
    F(hypothesis_control_count, COUNT)    /* how many */                                           \
    F(hypothesis_strategy, TEXT)          /* runtime.hypothesis.strategy */                        \
    F(rollback_strategy, TEXT)            /* runtime.rollbacks.strategy */                         \
    F(timeout, VALUE)                     /* runtime.timeout, seconds */                           \
    F(refusal, TEXT)                      /* why validation refuses it, if it does */              \
    F(refusal_line, NUMBER)               /* where, from 1 */                                      \
    F(refusal_column, NUMBER)             /* from 1 */

/* T(name, NAME): the tables, in the order in which they are stored. */
#define PLAN_TABLES(T)                                                                             \
    T(text, TEXT)                                                                                  \
    T(value, VALUE)                                                                                \
    T(key, KEY)                                                                                    \
    T(activity, ACTIVITY)                                                                          \
    T(tolerance, TOLERANCE)                                                                        \
    T(word, WORD)                                                                                  \
    T(template, TEMPLATE)                                                                          \
    T(control, CONTROL)                                                                            \
    T(variable, VARIABLE)                                                                          \
    T(experiment, EXPERIMENT)

#endif
