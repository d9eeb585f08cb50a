/* vault.h: secrets from HashiCorp Vault's KV store, version 1 or 2; token, AppRole or Kubernetes authentication.
 * What is fetched lives in the scope's arena. */
#ifndef RUNTIME_EXEC_VAULT_H
#define RUNTIME_EXEC_VAULT_H

#include "runtime/exec/scope.h"

/* A scope_vault_fn: reads `source`, a mapping with `path` and perhaps `key`, as chaoslib/secret.py does. Where it is
 * and how to log in is configuration: vault_addr, vault_token and so on, or VAULT_ADDR and VAULT_TOKEN. */
bool vault_fetch(
    struct scope *scope, const struct value *source, struct value *secret, struct failure *failure);

/* The same as a part that runners name only if a secret comes from Vault (runtime/runner/chaosrt.h). */
struct rt_vault {
    scope_vault_fn *fetch;
};
extern const struct rt_vault rt_vault;

#endif
