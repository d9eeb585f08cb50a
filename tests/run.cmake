# The runtime: plans, runs, journals.
chaosc_unit(plan exec base)
