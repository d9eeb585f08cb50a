/* driver_call.h: an activity's call as a driver gets it, and its reply as the engine wants it
 * (docs/driver-protocol.md). What is made lives in the call's arena. */
#ifndef RUNTIME_EXEC_DRIVER_CALL_H
#define RUNTIME_EXEC_DRIVER_CALL_H

#include "runtime/helper/driver.h"
#include "runtime/exec/provider.h"

/* The request. A driver gets the secrets that the provider names and no others. */
struct value driver_request(
    struct call *call, const struct value *module, const struct value *func);

/* Sets the call's output or failure. */
void driver_take_result(
    struct call *call, const struct driver *driver, const struct helper_result *result);

/* The driver that carries an activity of the plan out, or NULL. */
struct driver *driver_of(
    const struct call_world *world, struct drivers *drivers, const struct plan_activity *row);

/* Looks whether the drivers take the plan's calls of their modules: logs what is wrong, and says how much. */
size_t driver_validate(struct call_world *world, struct drivers *drivers);

#endif
