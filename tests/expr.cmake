# Templates, regular expressions, JSONPath, tolerances and durations.
chaosc_unit(regexp expr)
chaosc_unit(template expr)
chaosc_unit(duration expr)
chaosc_unit(jsonpath expr)
chaosc_unit(tolerance expr)
chaosc_fuzz(jsonpath expr)
chaosc_fuzz(regexp expr)
chaosc_fuzz(template expr)
