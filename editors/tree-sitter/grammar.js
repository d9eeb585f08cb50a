// The tree-sitter grammar of .chaos, for editors: the same constructs as frontend/chaos_parse.y, but forgiving, and with a
// node for everything that is coloured. A keyword is a keyword only where the grammar asks for it, so that every one of
// them may be a key or a name.

const words = require('./words.js');

const commaSep = (rule) => seq(rule, repeat(seq(',', rule)));
const list = (rule) => optional(seq(commaSep(rule), optional(',')));

module.exports = grammar({
  name: 'chaos',

  extras: ($) => [/\s/, $.comment],
  word: ($) => $.word,

  rules: {
    file: ($) => repeat($._statement),

    comment: () => token(seq('#', /[^\r\n]*/)),

    // Statements of a file

    _statement: ($) => choice(
      $.experiment, $.version, $.description, $.tags, $.contributions, $.config, $.secrets, $.controls,
      $.extension, $.steady_state, $.method, $.rollbacks, $.runtime, $.dry, $.member),

    experiment: ($) => seq('experiment', choice(field('title', $._string), $.null)),
    version: ($) => seq('version', $._value),
    description: ($) => seq('description', $._value),
    tags: ($) => seq('tags', choice($._names, seq('[', ']'))),
    contributions: ($) => seq('contributions', '{',
      list(alias($.contribution, $.pair)), '}'),
    contribution: ($) => seq(field('key', $._name), ':', choice($._value, $.word)),
    config: ($) => seq('config', $.entries),
    secrets: ($) => seq('secrets', choice(
      seq('{', '}'),
      seq(field('group', $._name), choice($.entries, seq('=', $._source))))),
    entries: ($) => seq('{', repeat($.entry), '}'),
    entry: ($) => seq(field('key', $._name), '=', $._source),
    _source: ($) => choice($._value, $.env, $.vault, $.inner_probe),
    env: ($) => seq('env', '(', field('variable', $._name),
      optional(seq(':', field('type', choice($.word, $._string)))), ')',
      optional(seq('??', $._value))),
    vault: ($) => seq('vault', '(', $._text, optional(seq(',', $._text)), ')'),
    extension: ($) => seq('extension', $.object),
    method: ($) => seq('method', $.activities),
    rollbacks: ($) => seq('rollbacks', $.activities),
    dry: ($) => seq('dry', choice($._value, $.word)),
    runtime: ($) => seq('runtime', '{', repeat(choice(
      $.strategy, seq('timeout', $._time), $.member)), '}'),
    strategy: ($) => seq(choice('rollbacks', 'hypothesis'), choice($.word, $._string)),
    member: ($) => seq(field('key', $._string), ':', $._value),

    controls: ($) => seq('controls', '{', repeat(choice($.control, $.control_ref, $.raw)), '}'),
    control: ($) => seq(field('name', $._string), ':', choice($.control_python, $.object),
      repeat(choice('before', 'after', seq('automatic', $._value), $.secret_groups, $.with))),
    control_ref: ($) => seq('ref', field('name', $._string)),
    control_python: ($) => seq('python', field('module', choice($.word, $.dotted)), optional($.call)),

    // Activities

    steady_state: ($) => seq('steady-state', optional(field('title', $._string)), '{',
      repeat(choice($.member, $.controls)), repeat(choice($._activity, $.raw)), '}'),
    activities: ($) => seq('{', repeat(choice($._activity, $.raw)), '}'),
    raw: ($) => seq('raw', $._value),
    _activity: ($) => choice($.activity, $.ref),
    activity: ($) => seq(optional($.background), choice('probe', 'action'), field('name', $._string), ':',
      $._provider, repeat($._clause), optional($.tolerance)),
    ref: ($) => seq(optional($.background), 'ref', optional(choice('probe', 'action')),
      field('name', $._string), repeat($._clause), optional($.tolerance)),
    background: ($) => seq('background', optional(choice($.true, $.false))),

    _provider: ($) => choice($.http, $.process, $.shell, $.python, $.object),
    http: ($) => seq('http', optional(field('method', $.word)), field('url', $._text)),
    process: ($) => seq('process', field('path', $._text), optional(choice($.array, $.object))),
    shell: ($) => seq('shell', field('path', $._text), field('arguments', $._text)),
    python: ($) => seq('python', field('function', $.dotted), optional($.call)),
    call: ($) => seq('(', list($.pair), ')'),

    _clause: ($) => choice($.value_clause, $.time_clause, $.pause, $.secret_groups, $.dry, $.controls, $.with),
    value_clause: ($) => choice(
      seq('headers', $.object),
      seq(choice('arguments', 'verify-tls', 'max-retries', 'expected-status'), $._value)),
    time_clause: ($) => seq(choice('timeout', 'deadline'), $._time),
    pause: ($) => seq('pause', choice('before', 'after'), $._time),
    secret_groups: ($) => seq('secrets', $._names),
    with: ($) => seq('with', optional('provider'), $.object),

    tolerance: ($) => seq('=>', choice(
      $._value,
      $.inner_probe,
      seq(optional(field('target', $._name)), '~', field('pattern', $._text)),
      seq(optional(field('target', $._name)), 'at', field('path', $._text),
        optional(seq('count', $._value)), optional(seq('expect', $._value))),
      seq(optional(field('target', $._name)), 'in', $.number, '..', $.number))),
    inner_probe: ($) => seq('probe', optional(field('name', $._string)), '{', $._provider, repeat($._clause), '}'),

    // Values

    _value: ($) => choice($._text, $.number, $.true, $.false, $.null, $.object, $.array),
    _text: ($) => choice($._string, $.variable),
    _string: ($) => choice($.string, $.raw_string, $.heredoc),
    _time: ($) => choice($.duration, $._text, $.number, $.true, $.false, $.null, $.object,
      alias($.times, $.array)),
    times: ($) => seq('[', list($._time), ']'),
    object: ($) => seq('{', list($.pair), '}'),
    pair: ($) => seq(field('key', $._name), ':', $._value),
    array: ($) => seq('[', list($._value), ']'),
    _name: ($) => choice($.word, $._string, alias(choice(...words.literals), $.word)),
    _names: ($) => prec.right(commaSep($._name)),

    string: ($) => seq('"', repeat(choice($.escape, $.interpolation, $._string_text)), token.immediate('"')),
    _string_text: () => token.immediate(prec(1, /([^"\\$\r\n]|\$[^{"\\\r\n])+|\$/)),
    escape: () => token.immediate(/\\(["\\\/bfnrt]|u[0-9A-Fa-f]{4})/),
    interpolation: () => token.immediate(prec(2, /\$\{[A-Za-z_][A-Za-z0-9_-]*\}/)),
    raw_string: () => /'[^'\r\n]*'/,
    heredoc: () => /"""([^"]|"[^"]|""[^"])*"""/,
    variable: () => /\$\{[A-Za-z_][A-Za-z0-9_-]*\}/,
    number: () => /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/,
    duration: () => token(prec(1, /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?(ms|s|m|h)/)),
    true: () => 'true',
    false: () => 'false',
    null: () => 'null',
    dotted: () => /[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*)+/,
    word: () => /[A-Za-z_][A-Za-z0-9_-]*/,
  },
});
