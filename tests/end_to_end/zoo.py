"""The broken plugins of tests/zoo/, and files that are damaged here: what is to be said of each. test_zoo.py tries
them."""

import re
import signal

import program

ZOO = program.BUILD / "tests" / "zoo"
GOOD = (ZOO / "good.so").read_bytes()
ENDED = "it did not answer for 1 s"


def patched(old, new):
    """The good plugin with a piece of its bytes replaced by another as long."""
    assert len(old) == len(new) and GOOD.count(old) >= 1, old
    return GOOD.replace(old, new)


def stamped(old, new):
    """The good plugin with a piece of its stamp, and of nothing else, replaced by another as long."""
    assert len(old) == len(new) and GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def with_bytes(offset, new):
    return GOOD[:offset] + new + GOOD[offset + len(new):]


def with_sdk(version):
    return patched(re.search(rb"sdk=\d\.\d\n", GOOD).group(), b"sdk=" + version + b"\n")


# name -> (content, why it is refused: by list --why, by run, and by check). No code of these runs.
REFUSED = {
    "empty": (b"", "it is empty"),
    "text": (b"This is a letter, not a library. " * 10, "it is not a shared library (no ELF header)"),
    "cut_in_magic": (GOOD[:3], "it is not a shared library (no ELF header)"),
    "cut_in_header": (GOOD[:40], "it is cut short"),
    "cut_behind_header": (GOOD[:64], "it is cut short"),
    "cut_in_segments": (GOOD[:500], "it is cut short"),
    "cut_in_the_middle": (GOOD[:len(GOOD) // 2], "it is cut short"),
    "other_machine": (with_bytes(18, b"\x16\x00"), "it is built for another kind of machine"),
    "32_bits": (with_bytes(4, b"\x01"), "it is built for another kind of machine"),
    "no_library": (with_bytes(16, b"\x02\x00"), "it is an ELF file, but not a shared library"),
    "no_stamp": (patched(b"Assay\0", b"Essay\0"), "but not an Assay plugin (no stamp;"),
    "damaged_stamp": (patched(b"\nplugin=", b"\nplagin="), "it names no plugin; does one of its source files end in ASSAY_PACK?"),
    "forged_doc": (stamped(b"schedule good Works.", b"schedule good \x1b[2J!!"),
                   "its stamp is damaged: a line of it is not UTF-8 without control characters"),
    "forged_text": (stamped(b"schedule good Works.", b"schedule good Work\xff."),
                    "its stamp is damaged: a line of it is not UTF-8 without control characters"),
    "forged_line": (stamped(b"schedule good Works.", b"schedule good\nsdk=1."),
                    "its stamp is damaged: it says 'sdk' twice"),
    "forged_plugin": (stamped(b"schedule good Works.", b"schedule g\nplugin=x "),
                      "its stamp is damaged: it says 'plugin' twice"),
    "forged_component": (stamped(b"schedule good Works.", b"schedule GOOD Works."),
                         "its stamp is damaged: the name of a component is not made of lower-case letters"),
    "forged_name": (stamped(b"plugin=good ", b"plugin=g'od "),
                    "its stamp is damaged: the plugin's name is not made of lower-case letters"),
    "newer_sdk": (with_sdk(b"1.9"), "use a newer assay, or rebuild the plugin"),
    "other_sdk": (with_sdk(b"9.0"), "use a newer assay, or rebuild the plugin"),
    "sanitized": (patched(b"sanitizers=none", b"sanitizers=nine"), "rebuild the plugin without -fsanitize"),
    "other_library": (patched(b"libstdc++ cxx11", b"libstdc++ older"),
                      "rebuild the plugin with g++, or clang++ -stdlib=libstdc++, and without"),
    "unknown_instructions": (patched(b"instructions=generic", b"instructions=quantum"),
                             "the plugin needs 'quantum'"),
    "debug_mode": ((ZOO / "debug_mode.so").read_bytes(), "rebuild the plugin without -D_GLIBCXX_DEBUG"),
}

# name -> (component, what run and check say). Refused when the library is opened: it is not when listed.
UNUSABLE = {
    "hidden": ("good", "it exports no 'assay_plugin_manifest'; does a source file end in ASSAY_PLUGIN?"),
    "own_runtime": ("good", "it contains a C++ runtime of its own; link it without -static-libstdc++"),
    "missing": ("missing", "undefined symbol: forgotten::height(int) (probably in the plugin itself"),
    "missing_library": ("missing", "undefined symbol: cairo_version_of_tomorrow (probably in libcairo; link "
                                   "it: dependency('cairo'))"),
    "wrong_magic": ("good", "its manifest is damaged"),
    "null_name": ("sound", "parameter 0: its name is a null pointer; does the count of the table fit?"),
    "null_doc": ("sound", "option 'height': its documentation (doc) is a null pointer"),
    "upper_case_name": ("sound", "parameter 0: 'Height' is not a name"),
    "name_of_the_host": ("sound", "option 'type': this name is the host's; rename it"),
    "default_out_of_bounds": ("sound", "option 'height': its default, 0.5, is not valid: expected a number"),
    "default_of_another_type": ("sound", "option 'height': its default, high, is not valid"),
    "parameter_twice": ("sound", "option 'height': it is declared twice"),
    "empty_bounds": ("sound", "option 'height': no number is within its bounds, 2 and 1"),
    "nan_bounds": ("sound", "option 'height': no number is within its bounds, nan"),
    "unknown_type": ("sound", "option 'height': its type is 99"),
    "choice_without_words": ("sound", "option 'height': it is a choice without words"),
    "group_without_members": ("sound", "it counts 3 parameters of group 'height', but its table is a null"),
    "count_too_large": ("sound", "it counts 4,000,000,000 parameters; expected 1,024 at most"),
    "null_table": ("sound", "it counts 2 parameters, but its table is a null pointer"),
    "null_factory": ("sound", "it has no factory (create is a null pointer)"),
    "null_destructor": ("sound", "it cannot be destroyed (destroy is a null pointer)"),
    "null_component_name": ("sound", "component 0: its name is a null pointer"),
    "unknown_kind": ("sound", "component 0: its kind is 77; there are 0 to 11"),
    "component_twice": ("sound", "schedule sound: it is offered twice; rename one of them"),
    "pack_of_one_name": ("twice", "schedule twice: it is offered twice; rename one of them"),
    "no_components": ("sound", "the plugin offers no components"),
    "null_component": ("sound", "component 0: it is a null pointer"),
    "null_plugin_name": ("sound", "the plugin has no name"),
    "null_guard": ("sound", "its manifest has another layout"),
    "newline_in_doc": ("sound", "schedule sound: its documentation (About::doc) is not one line of UTF-8"),
    "newline_in_option_doc": ("sound", "option 'height': its documentation (doc) is not one line of UTF-8"),
    "newline_in_default": ("sound", "option 'height': its default is not one line of UTF-8"),
    "escape_in_option_name": ("sound", "parameter 0: its name is not one line of UTF-8"),
    "group_in_itself": ("sound", "schedule sound: the group 'height' contains itself"),
    "groups_of_groups": ("sound", "schedule sound: it has more than 1,024 parameters, including those of groups"),
    "component_of_unknown_kind": ("sound", "option 'height': its kind is 77; there are 0 to 11"),
    "default_of_rate_that_is_no_schedule": (
        "sound", "option 'height': its default, nothing_like_it, is not valid: expected a number or a schedule"),
    "default_of_rate_of_another_kind": ("sound", "its default, sgd, is not valid: expected a number or a sched"),
    "default_of_rate_out_of_bounds": ("sound", "its default, 0.5, is not valid: expected a number of at most"),
    "default_of_rate_without_type": ("sound", "is not valid: missing: type, the name of a schedule"),
    "default_of_rate_with_unknown_option": ("sound", "is not valid: schedule sound: there is no option 'hight'"),
    "default_of_rate_with_a_wrong_value": (
        "sound", "is not valid: schedule sound: option 'height': expected a number or a schedule, found 'high'"),
    "default_of_list_of_rates_that_is_none": ("sound", "its default, 0.5, is not valid: expected a list, each"),
    "default_of_list_of_rates_with_a_wrong_one": ("sound", "expected a number or a schedule, found 'cosin'"),
    "default_of_component_that_is_a_number": ("sound", "its default, 0.5, is not valid: no schedule '0.5'"),
}

# name -> (component, check, what check says of it, what run says; None: a process cannot survive it; what its
# last words are, says LAST_WORDS)
ENDINGS = {
    "factory_of_nothing": ("sound", "can be made", "its factory returned nothing",
                           "its factory returned nothing"),
    "other_name_than_stamped": ("sound", "opens, and its manifest is sound", "its stamp lists other components",
                                "its stamp promises the schedule 'sound', but its manifest has none"),
    "throws_in_factory": ("throws", "can be made", "thrown on purpose", "thrown on purpose"),
    "throws_a_number_in_factory": ("throws_a_number", "can be made",
                                   "an exception that is no std::exception",
                                   "an exception that is no std::exception"),
    "throws_bytes_in_factory": ("throws_bytes", "can be made", "\\xff\\x1b[31mred", "[31mred"),
    "throws_without_text_in_factory": ("throws_without_text", "can be made", "an exception without a message",
                                       "an exception without a message"),
    "throws_without_text_in_call": ("throws_without_text", "values are finite",
                                    "an exception without a message", "an exception without a message"),
    "throws_in_call": ("throws", "values are finite", "thrown on purpose", "thrown on purpose"),
    "aborts_in_static_constructor": ("aborts", "opens, and its manifest is sound", "killed by SIGABRT", None),
    "exits_in_static_constructor": ("exits", "opens, and its manifest is sound", "called exit(0)", None),
    "hangs_in_static_constructor": ("hangs", "opens, and its manifest is sound", ENDED, None),
    "throws_in_static_constructor": ("throws", "opens, and its manifest is sound", "", None),
    "crashes_in_static_constructor": ("crashes", "opens, and its manifest is sound", "killed by SIGSEGV",
                                      None),
    "aborts_in_factory": ("aborts", "can be made", "killed by SIGABRT", None),
    "exits_in_factory": ("exits", "can be made", "called exit(0)", None),
    "hangs_in_factory": ("hangs", "can be made", ENDED, None),
    "crashes_in_factory": ("crashes", "can be made", "killed by SIGSEGV", None),
    "devours_in_factory": ("devours", "can be made", "std::bad_alloc", None),
    "aborts_in_call": ("aborts", "values are finite", "killed by SIGABRT", None),
    "exits_in_call": ("exits", "values are finite", "called exit(0)", None),
    "hangs_in_call": ("hangs", "values are finite", ENDED, None),
    "crashes_in_call": ("crashes", "values are finite", "killed by SIGSEGV", None),
    "overflows_in_call": ("overflows", "values are finite", "killed by SIGSEGV", None),
    "aborts_in_destructor": ("aborts", "can be made", "killed by SIGABRT", None),
    "throws_in_destructor": ("throws", "can be made", "killed by SIGABRT", None),
}

# what check says -> (what run says, with which exit code)
LAST_WORDS = {"killed by SIGABRT": ("killed by SIGABRT", -signal.SIGABRT),
              "killed by SIGSEGV": ("killed by SIGSEGV", -signal.SIGSEGV),
              "called exit(0)": ("called exit()", program.RUN_FAILED)}

NONSENSE = "it wrote nonsense to the report of this check"
OPENS = "opens, and its manifest is sound"

# name -> (check, what is said of it), of each check that fails. What the library does when it is loaded.
CHANGES = "opening it changed for the whole process: "
UNRULY = {
    "goes_on_twice": [],
    "leaves_a_process": [("ends with the process", "it left 1 process behind, which was ended")],
    "leaves_a_daemon": [("ends with the process", "it left 1 process behind, which was ended")],
    "leaves_a_thread": [(OPENS, "opening it starts 1 thread and leaves it running; expected a thread to be joined")],
    "waits_for_a_thread": [(OPENS, "opening it starts 1 thread and leaves it running"),
                           (f"goes on after '{OPENS}'", ENDED)],
    "floods_the_terminal": [(OPENS, ENDED + "; it printed: ")],
    "scribbles": [(OPENS, NONSENSE)],
    "scribbles_half_a_line": [(OPENS, NONSENSE)],
    "floods_everything": [(OPENS, NONSENSE)],
    "closes_everything": [(OPENS, "it closed the report of this check")],
    "moves": [(OPENS, CHANGES + "the working folder (now /); ")],
    "masks_files": [(OPENS, CHANGES + "the umask (now 777); ")],
    "speaks_otherwise": [(OPENS, CHANGES + "the C locale (now C.UTF-8); ")],
    "writes_otherwise": [(OPENS, CHANGES + "the C locale (now C.UTF-8), the locale of streams (now C.UTF-8); ")],
    "is_deaf": [(OPENS, CHANGES + "what SIGINT does; ")],
    "is_deaf_to_others": [(OPENS, CHANGES + "what SIGFPE does, what SIGUSR1 does, what SIGALRM does, "
                                            "what SIGRTMIN+3 does; ")],
    "blocks_signals": [(OPENS, CHANGES + "what SIGWINCH does; ")],
    "closes_output": [(OPENS, CHANGES + "standard output (closed); ")],
    "replaces_error": [(OPENS, CHANGES + "standard error (another file); ")],
    "sets_variables": [(OPENS, CHANGES + "the environment (PATH, ASSAY_OF_THE_ZOO); ")],
    "limits_files": [(OPENS, CHANGES + "the limit RLIMIT_NOFILE; ")],
    "sets_an_alarm": [(OPENS, CHANGES + "a timer (it sets an alarm); ")],
    "terminates_otherwise": [(OPENS, CHANGES + "what std::terminate does; ")],
    "forges": [(OPENS, NONSENSE)],
    "forges_a_word": [(OPENS, NONSENSE)],
}

# name -> what the making of its schedule changes
UNRULY_WHEN_MADE = {
    "moves_when_made": "the working folder (now /)",
    "masks_files_when_made": "the umask (now 777)",
}

# name -> (check, what is said of it), of the only check that fails, if any does. Where its schedule starts threads.
JOIN = " 1 thread and leaves it running; expected a thread to be joined at the latest when the component is destroyed"
THREADS = {
    "thread_constructor": ("can be made", "its constructor starts" + JOIN),
    "thread_ended_by_destructor": None,
    "thread_destructor": ("can be made", "its destructor starts" + JOIN),
    "thread_call": ("values are finite", "what is called here starts" + JOIN),
    "thread_joined": None,
    "thread_openmp": ("values are finite", "what is called here starts 2 threads and leaves them running: OpenMP keeps "
                                           "the threads of a loop for the next one."),
}

# name -> what is said of what it throws
RUDE = {
    "coloured": "can be made: \\x1b[31mred\\r\\nthe next line\\x07 \\xff \\u202edesrever",
    "endless": "can be made: " + 1000 * "x" + "...",
    "silent": "can be made: an exception without a message",
}
