"""What is said of single tests of the reference by hand: which cannot be expressed, and where chaosc differs.

Everything else is found out: a test not named here is carried out through the command line.
"""

LIBRARY = "a function of the library that no command reaches"
OBJECTS = "Python objects that no command takes or gives"
NOTICES = "calls inside the library for a payload that no command sends"
PACKAGE = "a package of the reference that is missing"
NO_COMMAND = "a command that chaosc does not have (discover)"

# Tests that cannot be expressed as command lines, and why.
CANNOT = {
    **dict.fromkeys((
        "test_deprecation::test_initialize_run_journal_has_moved",
        "test_deprecation::test_apply_activities_has_moved",
        "test_deprecation::test_apply_rollbacks_has_moved",
        "test_extension::test_get_extension_returns_nothing_when_not_extensions_block",
        "test_extension::test_get_extension_returns_nothing_when_missing",
        "test_extension::test_get_extension",
        "test_extension::test_remove_extension",
        "test_extension::test_merge_extension",
        "test_hash::test_with_default",
        "test_hash::test_specific_algo",
        "test_hash::test_unavailable_algo",
        "test_settings::test_save_settings",
        "test_settings::test_create_settings_file_on_save",
        "test_payload_encoder::test_that_payload_encoder_handles_exception_objects",
    ), LIBRARY),
    **dict.fromkeys((
        "test_experiment::test_can_iterate_over_activities",
        "test_run::test_run_handler_is_called_on_each_handler",
        "test_run::test_exceptions_does_not_stop_handler_registry",
        "test_settings::test_get_loaded_settings",
        "test_settings::test_locate_root_level_entry",
        "test_settings::test_locate_dotted_entry",
        "test_settings::test_locate_indexed_entry",
        "test_settings::test_locate_dotted_key_from_indexed_entry",
    ), OBJECTS),
    **dict.fromkeys((
        "test_discover::test_fail_discovery_when_module_cannot_be_loaded",
        "test_discover::test_do_not_fail_when_extension_mod_has_not_all",
        "test_discover::test_discover_all_activities",
    ), NO_COMMAND),
    **dict.fromkeys((
        "test_notification::test_notify_calls_notify_with_http_when_type_is_http",
        "test_notification::test_notify_with_http_gracefully_handles_exceptions",
        "test_notification::test_notify_with_http_handles_datetimes_present_in_payload",
        "test_notification::test_notify_with_http_handles_error_present_in_payload",
        "test_notification::test_notify_correctly_assigns_phase_from_event_class",
        "test_notification::test_notify_appends_error_to_event_payload_if_provided",
        "test_notification::test_notify_calls_notify_via_plugin_when_type_is_plugin",
        "test_notification::test_notify_via_plugin_gracefully_handles_failure_in_invoked_func",
    ), NOTICES),
    "test_tolerance::test_tolerance_missing_jsonpath_backend": PACKAGE,
}

# Modules whose tests write beside themselves: one test at a time.
ALONE = {"test_process_provider", "test_settings"}

# Modules whose tests sleep; they begin first.
SLOW = {"test_exit": 3, "test_experiment": 2, "test_run": 2}

# What differs between two runs of the same, by module: counts of what was done in some time, colours that are drawn.
VARYING = {
    "test_control": (r'"(RED|BLUE|YELLOW)"', r"\"'(RED|BLUE|YELLOW)'\""),
    "test_exit": (r'(?<="output": )[0-9]+',),
    "test_run": (r'(?<="output": )[0-9]+', r'(?<="value": )[0-9]+'),
}

VERSION = "1.44.0"  # of chaostoolkit-lib, whose tests these are

# Tests that agree with --compat and differ without it: the row of docs/compatibility.md.
BY_ROW = {
    "test_exit::test_wait_for_background_activity_on_graceful_exit": "R10",
    "test_exit::test_wait_for_background_activity_to_finish_on_graceful_exit": "R10",
    "test_experiment::test_experiment_hypothesis_must_have_a_valid_probe": "R20",
    "test_experiment::test_can_interrupt_rollbacks": "R12",
    "test_experiment::test_can_interrupt_rollbacks_on_SystemExit": "R12",
    "test_experiment::test_can_interrupt_rollbacks_on_SIGINT": "R12",
}

# Tests whose judgement of chaosc is the reference's, while the reference's run left no journal.
JOURNAL_DIFFERS = {
    "test_tolerance::test_tolerance_jsonpath_from_bytes": "S08",
}

# Tests that differ with --compat, too.
DIFFERS = {
    "test_payload_encoder::test_that_payload_encoder_handles_unserialisable_object_in_base_class": "S08",
    "test_notification::test_notify_with_http_handles_400_500_responses": "S11",
    "test_process_provider::test_process_not_utf8_cannot_fail": "S01",
}

# Tests that chaosc passes and the reference does not, when its command line is asked.
REFERENCE_FAILS = {
    "test_experiment::test_can_run_experiment_with_activity_in_dry_mode": "R06",
    "test_secret::test_should_auth_with_approle": "R21",
    "test_secret::test_should_auth_with_service_account": "R21",
}
