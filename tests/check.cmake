# The schema tables, the IR and its checker.
chaosc_unit(schema schema)
chaosc_unit(refusal lint)
chaosc_unit(lint lint)
chaosc_unit(mend lint)
chaosc_unit(flow lint)

# Published experiments: what each rule finds there is pinned.
if(EXISTS ${CMAKE_SOURCE_DIR}/../shared/corpus)
  add_test(NAME lint.corpus COMMAND ${CMAKE_COMMAND} -DCHAOSC=$<TARGET_FILE:chaosc>
    -DCORPUS=${CMAKE_SOURCE_DIR}/../shared/corpus
    -DEXPECTED=${CMAKE_CURRENT_SOURCE_DIR}/corpus/counts.txt
    -P ${CMAKE_CURRENT_SOURCE_DIR}/corpus/counts.cmake)
else()
  message(WARNING "tests: SKIPPED lint.corpus: no ../shared/corpus")
endif()
chaosc_unit(mutation lint)
chaosc_unit(equivalence lint fmt)

add_test(NAME lint.watch COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/watch/watch.sh $<TARGET_FILE:chaosc>)
add_test(NAME lint.jobs COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lint_jobs/lint_jobs.sh $<TARGET_FILE:chaosc>)
