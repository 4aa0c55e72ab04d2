// Checks that each broken promise is detected, with a separate component that breaks it. A sound
// component of each kind must pass.
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "tests/conformance/run_suite.h"

using namespace assay;
using namespace assay::test;
using conformance::Verdict;

namespace {

struct Broken {
  std::string check;  ///< the check that must fail; others may fail too
  std::string text;   ///< a part of its message
};

// By component; the kind determines the library.
const std::map<std::string, Broken> expected = {
    {"dataset reads_on", {"rows are the same in any order", "when read in reverse order"}},
    {"dataset noisy", {"reading is repeatable", "the second time"}},
    {"dataset other_each_time", {"reading is repeatable", "made again it has other samples"}},
    {"dataset bad_class", {"targets are what was declared", "is of class 2; there are 0 to 1"}},
    {"dataset leaks", {"splits keep rows apart", "row 2 is in the splits train and test"}},
    {"dataset chooses_by_test",
     {"splits keep rows apart", "row 3 is in the splits test and validation"}},
    {"dataset names_a_row_twice", {"splits keep rows apart", "split 'test' names row 4 twice"}},
    {"dataset shares_row",
     {"threads do not disturb each other", "are others when several threads ask at once"}},
    {"dataset odd_class_name",
     {"describes itself alike each time", "class 1 has no name that is one line of text"}},
    {"dataset unnamed_split",
     {"describes itself alike each time", "split 0 has no name that is one line of text"}},
    {"dataset samples_twice",
     {"describes itself alike each time", "must declare its samples once"}},
    {"dataset other_view", {"the view shows what reading gives", "another one in its view"}},
    {"dataset negative_shape",
     {"describes itself alike each time", "samples of shape -1x-3 are not possible"}},
    {"dataset overflowing_shape",
     {"describes itself alike each time",
      "samples of shape 4294967296x4294967296x3 are not possible"}},
    {"dataset negative_targets",
     {"describes itself alike each time", "targets of shape -1x-1 are not possible"}},
    {"dataset enormous_sample",
     {"describes itself alike each time",
      "a sample of 1048576x1048576 is of 4,398,046,511,104 bytes"}},
    {"dataset other_targets",
     {"describes itself alike each time", "its targets are 2 classes and"}},
    {"dataset other_splits", {"describes itself alike each time", "its splits are others"}},
    {"dataset leaves_a_row", {"reading is repeatable", "it does not write row 19, column 0"}},
    {"dataset keeps_its_unit",
     {"all state is the host's", "asked for other rows first, reads other"}},
    {"gradient_transform asks_for_one_more",
     {"asks for the same sums each time", "when asked again; expected the same each time"}},
    {"gradient_transform asks_for_too_many",
     {"asks for the same sums each time", "its sums() returns 65; expected 0 to 64"}},
    {"gradient_transform overruns_sums",
     {"writes only what it is handed", "reduce() writes beyond its sums, of which it asked for 1"}},
    {"gradient_transform reduces_in_place",
     {"writes only what it is handed", "reduce() changes the gradient, which it may only read"}},
    {"gradient_transform reduces_into_slot",
     {"writes only what it is handed", "reduce() changes a slot, which it may only read"}},
    {"gradient_transform decays_weights",
     {"writes only what it is handed", "apply() changes the weights, which it may only read"}},
    {"gradient_transform sums_in_member",
     {"slices in any order give the same", "depends on the order of the slices"}},
    {"gradient_transform clips_slices",
     {"slices of any size give what whole parameters give", "may depend on others by the sums"}},
    {"gradient_transform overruns_slice",
     {"writes only what it is handed", "apply() writes beyond a slice of 153 elements"}},
    {"gradient_transform shares_scratch",
     {"slices on several threads at once give the same", "when several threads are in reduce()"}},
    {"gradient_transform remembers_norms",
     {"all state is the host's", "belongs into slots or into state"}},
    {"gradient_transform divides_by_zero",
     {"gradients of zero are harmless", "of gradients of zero it makes a gradient of"}},
    {"gradient_transform begins_as_nan",
     {"writes only what it is handed", "slot 'mean' begins as nan"}},
    {"hook forgets", {"all state is the host's", "with the saved state does something else"}},
    {"hook keeps_the_first",
     {"all state is the host's", "at step 21 another hook with the saved state does"}},
    {"hook writes_weights",
     {"runs at the steps of any trigger", "at which a hook may only look; use the facet Acts"}},
    {"hook stops_for_no_reason",
     {"runs at the steps of any trigger", "its reason to stop is not a line of text"}},
    {"hook reads_undeclared",
     {"runs at the steps of any trigger", "it reads value 1; plan() declared 1"}},
    {"hook one_tag_twice",
     {"runs at the steps of any trigger",
      "it sends two records of type scalar under one tag, Loss"}},
    {"hook odd_tag",
     {"runs at the steps of any trigger", "a record whose tag is not one line of text"}},
    {"hook bad_content",
     {"runs at the steps of any trigger",
      "it sends a record that cannot be logged: a histogram has 0 edges"}},
    {"hook leaves_the_folder",
     {"runs at the steps of any trigger", "for the whole process: the working folder (now /)"}},
    {"hook leaves_silently",
     {"runs at the steps of any trigger", "calls; it changes for the whole process: the umask"}},
    {"hook says_nothing", {"runs at the steps of any trigger", "it says nothing"}},
    {"hook counts_steps",
     {"runs at the steps of any trigger", "with {every_epoch: 2} at step 18 it throws: step 1 is"}},
    {"hook fails_before_training",
     {"runs at the steps of any trigger", "with {at: [0]} at step 0 it throws: there is no epoch"}},
    {"hook fails_on_nan", {"takes values that are not finite", "the loss is NaN"}},
    {"hook needs_nonsense", {"declares its needs alike each time", "'nonsense' is not a value"}},
    {"logger swallows_errors", {"a full disk is reported", "when the disk is full after 0 bytes"}},
    {"logger odd_file_name", {"takes every record", "must be one line of text"}},
    {"logger own_file", {"files are the host's", "it makes own.txt by itself"}},
    {"logger own_file_in_run_folder", {"files are the host's", "it makes own.txt by itself"}},
    {"logger differs", {"the same records give the same bytes", "other bytes in lines.jsonl"}},
    {"logger not_json", {"what is written can be read", "a line of lines.jsonl is no JSON"}},
    {"logger not_csv",
     {"what is written can be read", "lines.csv has a quote within a field that is not quoted"}},
    {"logger not_one_json", {"what is written can be read", "all.json is no JSON"}},
    {"logger no_checksums", {"what is written can be read", "has a length with a wrong checksum"}},
    {"logger refuses_nan", {"takes every record", "NaN cannot be logged"}},
    {"logger refuses_later_contents", {"takes every record", "this is no content"}},
    {"logger flushes_late", {"what is written can be read", "a second flush() writes"}},
    {"logger never_flushes",
     {"flush writes out what came before it", "nothing of the scalars of 16 steps: all "}},
    {"logger never_flushes_texts",
     {"flush writes out what came before it", "nothing of the texts of 16 steps: all "}},
    {"logger counts_anew", {"all state is the host's", "goes on differently in lines.jsonl"}},
    {"loss half_gradient", {"gradients are the derivatives", "its gradient is"}},
    {"loss divides_itself", {"sums and weights of blocks add up", "add up to sum"}},
    {"loss forgets_a_row",
     {"gradients are repeatable, and agree with evaluate()", "it does not write row 22"}},
    {"loss shares_sum",
     {"threads do not disturb each other", "gives another sum when several threads ask at once"}},
    {"loss keeps_its_unit",
     {"all state is the host's", "another loss with the saved state goes on"}},
    {"metric shares_sum",
     {"threads do not disturb each other", "when several threads ask at once"}},
    {"metric always_nan", {"takes classes or values", "its value over 61 rows is nan"}},
    {"metric mean_of_means",
     {"blocks and merged states give what the whole gives", "in blocks of"}},
    {"metric does_not_merge",
     {"blocks and merged states give what the whole gives", "merged from states of 1 rows"}},
    {"metric overruns_state",
     {"blocks and merged states give what the whole gives", "it writes beyond its state of 1"}},
    {"metric loses_the_first",
     {"states of no rows change nothing", "before and behind the 61 rows, its value is"}},
    {"metric counts_empty_states",
     {"states of no rows change nothing", "before and behind the 61 rows, its value is"}},
    {"metric keeps_its_unit", {"all state is the host's", "for the same rows, and the one before"}},
    {"model wrong_gradient", {"gradients are the derivatives", "gives a slope of"}},
    {"model shares_scratch",
     {"threads do not disturb each other", "are others when several threads ask at once"}},
    {"model gradient_off_by_one_percent", {"gradients are the derivatives", "gives a slope of"}},
    {"model wrong_in_large_blocks",
     {"blocks of rows give what the whole batch gives", "the facet Phases or whole_batches()"}},
    {"model overwrites_gradients", {"backward adds to the gradients", "must add to the gradient"}},
    {"model remembers", {"forward and backward are repeatable", "other outputs the second time"}},
    {"model depends_on_block",
     {"blocks of rows give what the whole batch gives", "the facet Phases or whole_batches()"}},
    {"model other_each_time",
     {"forward and backward are repeatable", "made again it gives other outputs"}},
    {"model forgets_evaluation",
     {"evaluation is repeatable, and alike in blocks", "it does not write row 0, column 0"}},
    {"model evaluates_otherwise",
     {"evaluation is repeatable, and alike in blocks", "evaluated in blocks of 1 rows"}},
    {"model evaluates_by_step",
     {"evaluation is repeatable, and alike in blocks", "depend on the step"}},
    {"model evaluates_by_seed",
     {"evaluation is repeatable, and alike in blocks", "depend on the seed of the run"}},
    {"model keeps_statistics",
     {"all state is the host's", "with the saved state goes on differently"}},
    {"model keeps_its_unit",
     {"all state is the host's", "with the saved state goes on differently"}},
    {"model shares_one_row_less",
     {"threads that share a block get the same bits", "another gradient of kernel"}},
    {"model shares_outputs_wrongly",
     {"threads that share a block get the same bits", "get other outputs"}},
    {"model shares_beyond_scratch",
     {"threads that share a block get the same bits", "it writes beyond the scratch"}},
    {"model shares_nothing",
     {"threads that share a block get the same bits",
      "it divides blocks into [3] parts forward and [0] backward"}},
    {"model overruns_workspace",
     {"forward and backward are repeatable", "it writes beyond the workspace"}},
    {"model ignores_stride",
     {"forward and backward are repeatable", "it writes between the rows of outputs"}},
    {"model ignores_setting",
     {"backward sets gradients when told to", "the gradient of kernel is not finite"}},
    {"model lies_to_probe", {"a probe sees the layers", "it declared 0 to 0"}},
    {"model declares_twice",
     {"forward and backward are repeatable", "parameter 'kernel' is declared twice"}},
    {"model names_unknown_parameter",
     {"forward and backward are repeatable", "'more' names parameter 7, which is not declared"}},
    {"model negative_parameter",
     {"forward and backward are repeatable", "parameter 'kernel' has the shape -64x-10"}},
    {"model overflowing_parameter",
     {"forward and backward are repeatable", "'more' has the shape 4294967296x4294967296"}},
    {"model too_many_weights",
     {"forward and backward are repeatable", "there are more than 2^56 weights"}},
    {"model negative_layer",
     {"forward and backward are repeatable", "layer 'linear': its output has the shape -1x-10"}},
    {"optimizer throws_a_logic_error", {"can be made", "this is a bug (a std::logic_error"}},
    {"optimizer depends_on_slices",
     {"slices of any size give what whole parameters give", "elementwise() must be false"}},
    {"optimizer keeps_state", {"all state is the host's", "belongs into slots or into state"}},
    {"optimizer warms_up", {"all state is the host's", "belongs into slots or into state"}},
    {"optimizer divides_by_zero", {"gradients of zero are harmless", "holds"}},
    {"optimizer climbs", {"descends", "100 updates take a quadratic bowl from"}},
    {"optimizer overruns_slice", {"moves the weights", "it writes beyond a slice"}},
    {"optimizer changes_gradient", {"moves the weights", "it changes the gradient that it reads"}},
    {"optimizer only_decays", {"descends", "100 updates take a quadratic bowl from"}},
    {"optimizer drops_the_rest",
     {"slices of any size give what whole parameters give", "in slices of 1 elements"}},
    {"optimizer shares_scratch",
     {"slices on several threads at once give the same", "when several threads are in update()"}},
    {"optimizer begins_as_nan", {"moves the weights", "slot 'velocity' begins as nan"}},
    {"optimizer one_name_twice", {"moves the weights", "it declares two slots 'velocity'"}},
    {"renderer blank", {"draws inside its box, in any size", "is blank"}},
    {"renderer draws_outside", {"draws inside its box, in any size", "pixels outside its box"}},
    {"renderer draws_far_outside", {"draws inside its box, in any size", "pixels outside its box"}},
    {"renderer writes_snapshot",
     {"draws inside its box, in any size", "it writes into its snapshot"}},
    {"renderer too_many_pixels",
     {"declares its needs and size", "32,767 x 32,767 pixels; expected 1 to 32,767 each way"}},
    {"renderer other_each_time",
     {"draws inside its box, in any size", "made again it draws another picture"}},
    {"renderer moves", {"files are the same each time", "another PNG the second time"}},
    {"renderer leaves_matrix", {"draws inside its box, in any size", "state changed (the matrix"}},
    {"renderer leaves_clip", {"draws inside its box, in any size", "state changed (the clip"}},
    {"renderer leaves_source", {"draws inside its box, in any size", "state changed (the source"}},
    {"renderer leaves_pattern", {"draws inside its box, in any size", "state changed (the source"}},
    {"renderer leaves_line_width",
     {"draws inside its box, in any size", "state changed (how lines are drawn"}},
    {"renderer leaves_dashes",
     {"draws inside its box, in any size", "state changed (how lines are drawn"}},
    {"renderer leaves_operator",
     {"draws inside its box, in any size", "state changed (the operator"}},
    {"renderer leaves_font_size", {"draws inside its box, in any size", "state changed (the font"}},
    {"renderer leaves_font", {"draws inside its box, in any size", "state changed (the font"}},
    {"renderer leaves_group",
     {"draws inside its box, in any size",
      "state changed (a cairo_push_group without its cairo_pop_group"}},
    {"renderer leaves_save",
     {"draws inside its box, in any size",
      "state changed (a cairo_save without its cairo_restore"}},
    {"renderer restores_twice",
     {"draws inside its box, in any size", "(a cairo_restore without its cairo_save)"}},
    {"renderer restores_thrice",
     {"draws inside its box, in any size", "cairo_restore() without matching cairo_save()"}},
    {"renderer no_size", {"declares its needs and size", "its natural size is 0 x 40 pixels"}},
    {"renderer negative_size", {"declares its needs and size", "its natural size is 60 x -40"}},
    {"renderer enormous_size",
     {"declares its needs and size", "9,223,372,036,854,775,807 x 40 pixels"}},
    {"renderer size_changes", {"declares its needs and size", "62 x 40 when asked again"}},
    {"renderer wants_all_rows", {"takes fewer rows than it asked for", "expected 5 rows"}},
    {"schedule wrong_if_limited",
     {"with limit = 1", "there is no limt (a std::logic_error, which is a mistake"}},
    {"schedule asks_beyond_the_end", {"with heights = []", "(a std::logic_error"}},
    {"schedule takes_any_memory",
     {"with limit = 9223372036854775807", "(it asks for memory that there is not; a value"}},
    {"schedule holds_a_wrong_one",
     {"with of = {type: always_wrong}", "schedule always_wrong: there is no height"}},
    {"schedule always_wrong", {"can be made", "there is no height"}},
    {"renderer no_need", {"declares its needs and size", "it declares no need"}},
    {"renderer keeps_its_unit",
     {"all state is the host's", "draws another picture of the same values"}},
    {"schedule counts_calls", {"values depend on the count alone", "a pure function of the count"}},
    {"schedule infinite_at_start", {"values are finite", "its value after 0 updates is inf"}},
    {"schedule needs_two_steps", {"values are finite", "nan (in a run of 1)"}},
    {"schedule keeps_the_length",
     {"all state is the host's", "with the state of a run of 1 its value after 1"}},
    {"transform other_shape_each_time",
     {"declares its shape alike each time", "made twice, it declares the shapes"}},
    {"transform negative_shape",
     {"declares its shape alike each time", "it declares the shape -1x-3, which cannot be"}},
    {"transform leaves_a_row",
     {"writes the transformed rows and nothing else", "in training it does not write row 36"}},
    {"transform writes_behind_rows",
     {"writes the transformed rows and nothing else", "it writes between the rows of"}},
    {"transform writes_samples",
     {"writes the transformed rows and nothing else", "it changes the rows that it reads"}},
    {"transform changes_samples_when_it_fits",
     {"declares its shape alike each time", "fit() changes the samples that it reads"}},
    {"transform draws_in_turn",
     {"apply is repeatable", "the same rows, key and step give other values the second time"}},
    {"transform other_each_time",
     {"apply is repeatable", "made again it gives other values in training"}},
    {"transform counts_from_the_block",
     {"blocks of rows give what the whole gives", "in training blocks of 1 rows give other"}},
    {"transform centres_the_block",
     {"a row depends on itself alone", "the values of row 0 change when other rows do"}},
    {"transform evaluates_by_key",
     {"evaluation depends on the rows alone", "an evaluation depends on the key"}},
    {"transform evaluates_by_step",
     {"evaluation depends on the rows alone", "an evaluation depends on the step"}},
    {"transform evaluates_by_row",
     {"evaluation depends on the rows alone", "an evaluation depends on the numbers of the rows"}},
    {"transform shares_scratch",
     {"threads do not disturb each other", "are others when several threads ask at once"}},
    {"transform mean_of_means",
     {"fitting does not depend on the blocks", "fitted in blocks of 5 rows it gives other"}},
    {"transform keeps_mean",
     {"all state is the host's", "another one with the saved state gives other values"}},
    {"transform keeps_its_shift",
     {"all state is the host's", "another one with the saved state gives other"}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(unsound_components)

BOOST_AUTO_TEST_CASE(every_broken_promise_is_found) {
  std::set<std::string> found, sound;           // components; kinds
  std::map<std::string, std::string> failures;  // all failures of each component
  for (const char* kind :
       {"datasets", "gradient_transforms", "hooks", "loggers", "losses", "metrics", "models",
        "optimizers", "renderers", "schedules", "transforms"})
    for (const Result& r : results(unsound(kind))) {
      if (r.subject.find(" sound") != std::string::npos) {
        sound.insert(r.subject.substr(0, r.subject.find(' ')));
        BOOST_TEST((r.outcome.verdict != Verdict::failed),
                   r.subject << ": " << r.check << ": " << r.outcome.text);
      }
      if (r.outcome.verdict != Verdict::failed) continue;
      failures[r.subject] += "\n  " + r.check + ": " + r.outcome.text;
      const auto broken = expected.find(r.subject);
      if (broken != expected.end() && broken->second.check == r.check) {
        found.insert(r.subject);
        BOOST_TEST(r.outcome.text.find(broken->second.text) != std::string::npos,
                   r.subject << ": '" << broken->second.text << "' is not in: " << r.outcome.text);
      }
    }
  for (const auto& [component, broken] : expected)
    BOOST_TEST(found.contains(component),
               component << " passes '" << broken.check << "'; it fails" << failures[component]);
  BOOST_TEST(sound.size() == kind_names.size() - 1);  // launchers: unsound_launchers.cpp
  for (const auto& [component, text] : failures) {
    BOOST_TEST_MESSAGE(component << text);
    BOOST_TEST(expected.contains(component), component << text);
  }
}

BOOST_AUTO_TEST_CASE(what_takes_none_of_the_targets_is_not_judged) {
  int judged = 0, left_out = 0;
  for (const char* kind : {"losses", "metrics"})
    for (const Result& r : results(unsound(kind))) {
      if (r.check == "options are documented" || r.check == conformance::making_step) continue;
      const bool of_all = r.subject.ends_with("takes_nothing");
      if (!of_all && !r.subject.ends_with("two_classes")) continue;
      ++(of_all ? left_out : judged);
      BOOST_TEST((r.outcome.verdict == (of_all ? Verdict::not_run : Verdict::passed)),
                 r.subject << ": " << r.check << ": " << r.outcome.text);
      if (of_all)
        BOOST_TEST(
            r.outcome.text ==
            "it takes none of the targets that are tried; for 10 classes: not this one; for "
            "a number: not this one; for values of shape 3: not this one; for 2 classes: not "
            "this one");
    }
  BOOST_TEST(judged > 0);
  BOOST_TEST(left_out > 0);
}

BOOST_AUTO_TEST_CASE(refusals_are_told_in_full) {
  std::string refusal = "refused: ";
  for (int i = 0; i < 300; ++i) refusal += "é";
  int refused = 0;
  for (const Result& r : results(unsound("schedules"))) {
    if (!r.subject.ends_with("refuses_at_length") || !r.outcome.text.starts_with("refused"))
      continue;
    ++refused;
    BOOST_TEST(r.outcome.text == refusal);
  }
  BOOST_TEST(refused > 0);
}

BOOST_AUTO_TEST_SUITE_END()
