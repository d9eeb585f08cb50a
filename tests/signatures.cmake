chaosc_unit(signatures schema)
