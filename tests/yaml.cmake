# YAML: the reader against PyYAML, its messages, its traps.
add_executable(tree_json oracle/tree_json.c)
target_link_libraries(tree_json PRIVATE chaosc_frontend)
