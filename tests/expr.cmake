# Templates, regular expressions, JSONPath, tolerances and durations.
chaosc_unit(regexp expr)
chaosc_unit(template expr)
chaosc_unit(duration expr)
chaosc_unit(jsonpath expr)
