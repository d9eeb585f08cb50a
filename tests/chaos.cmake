# The .chaos notation: reader, printers, fixtures.
chaosc_unit(chaos frontend)
chaosc_unit(chaos_errors report)
chaosc_unit(fmt fmt ir)
chaosc_fuzz(chaos report fmt)
