# The .chaos notation: reader, printers, fixtures.
chaosc_unit(chaos frontend)
