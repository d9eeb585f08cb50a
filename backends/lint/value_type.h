/* value_type.h: the type a value of the experiment has once its templates are filled in.
 * Looks at the IR only; owns nothing. */
#ifndef BACKENDS_LINT_VALUE_TYPE_H
#define BACKENDS_LINT_VALUE_TYPE_H

#include "ir/ir.h"
#include "schema/types.h"

/* The type of a configuration entry: of an inline value its own, of an environment variable that of `env_var_type`
 * (a string without it), of a probe's result any. */
type_set value_type_of_config(const struct ir_config *config);

/* The type of a node where the engine substitutes: a string that is exactly one reference has that variable's type,
 * text around references makes it a string. `ir` is a const struct ir_experiment *. */
type_set value_type(void *ir, const struct doc_node *node);

#endif
