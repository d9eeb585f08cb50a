; Written by scripts/editors from frontend/chaos_words.def.

(comment) @comment
(string) @string
(raw_string) @string.special
(heredoc) @string
(escape) @string.escape
(interpolation) @variable
(variable) @variable
(number) @number
(duration) @number
[(true) (false) (null)] @constant.builtin

["experiment" "version" "description" "tags" "contributions" "config" "secrets" "controls" "extension" "steady-state" "method" "rollbacks" "runtime" "background" "probe" "action" "ref" "raw" "hypothesis"] @keyword
["http" "process" "shell" "python"] @function.builtin
["headers" "arguments" "verify-tls" "max-retries" "expected-status" "timeout" "deadline" "pause" "dry" "automatic" "with"] @attribute
["before" "after" "provider" "env" "vault" "at" "count" "expect" "in"] @keyword.operator
["=>" "~" "??" ".." "="] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," ":"] @punctuation.delimiter

(pair key: (_) @property)
(entry key: (_) @property)
(member key: (_) @property)
(python function: (dotted) @function)
(control_python module: (_) @module)
(http method: (word) @constant)
(activity name: (_) @label)
(ref name: (_) @label)
(experiment title: (_) @markup.heading)
(steady_state title: (_) @markup.heading)
(tolerance target: (_) @variable.member)
(env variable: (_) @variable.builtin)
