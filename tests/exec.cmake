# The event loop and the engines of the providers, with real children and real servers.
chaosc_unit(loop exec)
chaosc_unit(process exec)
chaosc_unit(http_url exec)
chaosc_unit(http exec)
chaosc_unit(python exec)
set_tests_properties(unit.python PROPERTIES LABELS slow)
