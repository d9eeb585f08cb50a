# Numbers, values and JSON: the strict reader and writer, the recovering reader, sources and the text report.
chaosc_unit(number base)
chaosc_unit(value base)
chaosc_unit(json base)
chaosc_unit(json_write base)
chaosc_unit(source frontend)
chaosc_unit(diag frontend)
chaosc_unit(json_read report)
chaosc_unit(text report)
