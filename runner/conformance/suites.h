// The promises of each kind of component, as checks for any component of that kind. The inputs are
// made from shapes (neutral.h), without knowledge of a component's purpose. Numbers are compared
// with tolerances that suit float32, because bits may depend on how rows are split into blocks. A
// repeated call with the same arguments must give the same bits.
//
// For all kinds: another component that takes up the saved state in the middle (facet Stateful)
// must go on to the same bits, as after `assay resume`. Memory around a lent buffer must not change
// (it is guarded by patterns), read-only buffers must not change, and output buffers must be
// written completely (they contain NaN before). A function that the SDK says is called from several
// threads at once is called that way, each thread with its own numbers, and must give the result of
// one thread. one thread gives.
#pragma once

#include "runner/conformance/check.h"
#include "runner/conformance/subject.h"

namespace assay::conformance {

/// Checks that a dataset describes itself the same way each time, with possible shapes. Rows read
/// one by one, in reverse order, twice in one call and again later must be the same. The view in
/// memory must show what reading gives, classes must exist, and no two splits may share a row.
/// Another dataset with its saved state, asked for other rows first, must read the same. A large
/// dataset is tested on a sample of its rows.
Suite dataset_suite(const Subject& subject);

/// Checks that a transform declares a possible shape, the same each time. It must write all
/// transformed rows and nothing else, whatever the height of the blocks. A row must depend on
/// itself alone, and in training on the key, the step and its number; in evaluation not on those.
/// Fitting must not depend on the height of the blocks, and what was learnt must be in its declared
/// state: another transform with that state must give the same bits after any rows.
Suite transform_suite(const Subject& subject);

/// Checks that a model declares itself the same way each time, with possible shapes. forward() must
/// be repeatable and finite, in training and in evaluation. Blocks of rows, also of block_rows(),
/// must give the result of the whole batch (unless the model accepts whole batches only).
/// backward() must add, or set if told to and if the model supports that. Its gradients must be the
/// derivatives (slopes.h), and workspace_bytes() must suffice. A probe must see the layers as
/// declared, with the outputs as the last one. What it remembers must be in its declared state:
/// another model with that state must go on to the same bits.
Suite model_suite(const Subject& subject);

/// Checks that a loss asks for outputs for one of the tested targets (neutral.h; a loss that
/// accepts only others is not judged). evaluate() and gradient() must agree on the sum, sums and
/// weights of blocks must add up, and the gradient must be the derivative of the sum, row by row.
/// Another loss with its saved state must go on to the same bits.
Suite loss_suite(const Subject& subject);

/// Checks that a gradient transform asks for the same number of sums each time, 0 to 64. reduce()
/// must write its sums and nothing else, apply() its slice of the gradient and its slots. Slices of
/// any size, in any order and on several threads must give the result of whole parameters. All its
/// memory must be declared: slots, state (facet Stateful) and the count, passed to a new component,
/// must continue to the same bits. Gradients of zero must give no NaN.
Suite gradient_transform_suite(const Subject& subject);

/// Checks that slices of any size, in any order, give the result of whole parameters (if the
/// optimizer is elementwise). All its memory must be declared: weights, slots, state (facet
/// Stateful) and the count, passed to a new component, must continue to the same bits. Gradients of
/// zero must give no NaN, and in a quadratic bowl it must approach the minimum. The formula cannot
/// be known here: the author's own test can check it (assay/closed_form.h).
Suite optimizer_suite(const Subject& subject);

/// Checks that a schedule is finite at every count from 0 on, also at very large ones, and a pure
/// function of the count, in runs from one step to very many. Its state must not change that, nor
/// the state of a run of another length.
Suite schedule_suite(const Subject& subject);

/// Checks that a metric gives a number for one of the tested targets (as for losses). Blocks merged
/// in order must give the result of the whole, however they are split. It must touch only its own
/// state. Another metric with its saved state must give the same values for the same rows.
Suite metric_suite(const Subject& subject);

/// Checks that a hook, called at the steps of any trigger (from a step on, before training, once at
/// the end, ...), reads only the values and draws only the renderers that it declared. It must send
/// something (or do something, if it has the facet Acts), once under each tag, and accept NaN like
/// any other value. What it looks at must not change. Another hook with its saved state, or with
/// none if it declares none, must go on in the same way. (plugin_host/manifest.h checks that its
/// options leave the triggers to the host.)
Suite hook_suite(const Subject& subject);

/// Checks that a renderer declares its needs, and a size that a picture can have. It must draw
/// something, the same each time, as PNG, SVG and PDF, in several sizes, and only inside its box.
/// It must restore Cairo's state (matrix, clip, source, lines, font, anything saved or pushed:
/// runner/picture/watched_context.h), must not write to the snapshot, and must accept fewer rows
/// than it asked for. Another renderer with its saved state must draw the same picture, whatever
/// was drawn before.
Suite renderer_suite(const Subject& subject);

/// Checks that a logger accepts every record: all contents, types that it cannot know, NaN,
/// infinities, odd tags, long texts. The same records must give the same bytes, and the bytes must
/// match the file's name (readable.h). flush() must write out everything that can be written
/// (flushing.h). A file that cannot be created, or that cannot grow, must lead to an error and
/// nothing worse. The logger must create only files that the host lends it, and must be
/// destructible at any time. If it declares state, another logger with that state and the same
/// files must go on to the same bytes.
Suite logger_suite(const Subject& subject);

/// Checks that a launcher starts as many workers as it is told, with arguments, variables and
/// working folder as given (worker_probe.h). It must tell who is alive, send SIGTERM to one worker
/// alone, and end one by SIGKILL with everything that it started around it. Ids must be enough to
/// ask another object for a worker. Workers must end with the launcher or outlast it, as it says;
/// what the latter print must be kept. Ids of nobody, and a program that does not exist, must lead
/// to nothing worse than an error.
Suite launcher_suite(const Subject& subject);

/// Returns the suite of the subject's kind.
Suite suite_of(const Subject& subject);

}  // namespace assay::conformance
