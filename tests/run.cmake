# The runtime: plans, runs, journals.
chaosc_unit(plan plan)
