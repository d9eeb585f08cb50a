# The event loop and the engines of the providers, with real children and real servers.
chaosc_unit(loop loop)
chaosc_unit(process loop)
chaosc_unit(http_url http)
chaosc_unit(http http)
chaosc_unit(python helper)
set_tests_properties(unit.python PROPERTIES LABELS slow)
