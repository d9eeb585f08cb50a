# The schema tables, the IR and its checker.
chaosc_unit(schema schema)
chaosc_unit(refusal lint)
chaosc_unit(lint lint)
chaosc_unit(mend lint)
chaosc_unit(flow lint)
