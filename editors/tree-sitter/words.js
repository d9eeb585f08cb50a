// Written by scripts/editors from frontend/chaos_words.def: the words of .chaos by the role they play.

module.exports = {
  statements: ["experiment", "version", "description", "tags", "contributions", "config", "secrets", "controls", "extension", "steady-state", "method", "rollbacks", "runtime", "background", "probe", "action", "ref", "raw", "hypothesis"],
  providers: ["http", "process", "shell", "python"],
  clauses: ["headers", "arguments", "verify-tls", "max-retries", "expected-status", "timeout", "deadline", "pause", "dry", "automatic", "with"],
  modifiers: ["before", "after", "provider", "env", "vault", "at", "count", "expect", "in"],
  literals: ["true", "false", "null"],
};
