// What each kind of component promises, as checks that anybody's component can be put through. The
// inputs are made from shapes (neutral.h); nothing is known of what a component is for. Numbers
// are compared to tolerances that float32 allows, since bits may depend on how rows are cut; where
// a call is repeated with the same arguments the same bits are expected.
//
// All kinds: memory around what was lent stays as it was (guarded by patterns), what is lent to be
// read stays as it was, and what must be written is written (it is NaN before). What the SDK says
// is called from several threads at once is called so, each with numbers of its own, and gives what
// one thread gives.
#pragma once

#include "runner/conformance/check.h"
#include "runner/conformance/subject.h"

namespace assay::conformance {

/// Describes itself alike each time, in shapes that can be; rows read one by one, in reverse order,
/// twice in one call and again later are the same; the view in memory shows what reading gives;
/// classes exist; no two splits share a row. A large dataset is tried on a share of its rows.
Suite dataset_suite(const Subject& subject);

/// Declares itself alike each time, in shapes that can be; forward is repeatable and finite, in
/// training and in evaluation; blocks of rows, also of block_rows(), give what the whole batch
/// gives (unless it takes whole batches only); backward() adds, or sets where it is told to and
/// says that it can; its gradients are the derivatives (slopes.h); workspace_bytes() suffices; a
/// probe sees layers as they were declared, the last one being the outputs.
Suite model_suite(const Subject& subject);

/// Asks for outputs for one of the targets that are tried (neutral.h; one that takes others is not
/// judged); evaluate() and gradient() agree on the sum; sums and weights
/// of blocks add up; the gradient is the derivative of the sum, row by row.
Suite loss_suite(const Subject& subject);

/// Slices of any size, in any order, give what whole parameters give (if it works by element); all
/// that it must remember is in its declared state: weights, slots, scalars and the count handed
/// to a new component continue to the same bits; gradients of zero give no NaN; in a quadratic bowl
/// it gets nearer to the minimum. Which formula it should follow cannot be known: that is for a
/// test of its author's (assay/closed_form.h).
Suite optimizer_suite(const Subject& subject);

/// Finite at every count from 0 on, also at very large ones, and a pure function of it, in runs
/// from one step to very many.
Suite schedule_suite(const Subject& subject);

/// Gives a number for one of the targets that are tried (as with losses); blocks merged in order
/// give what the whole gives, however they are cut; touches no state but its own.
Suite metric_suite(const Subject& subject);

/// Called at the steps of any trigger (from a step on, before training, once at the end, ...) reads
/// only the values and draws only the renderers that it declared; says something, once under a tag;
/// takes NaN for a value like any other. (That its options leave the triggers to the host is seen
/// in its manifest: plugin_host/manifest.h.)
Suite hook_suite(const Subject& subject);

/// Declares one need, and a size that a picture can have; draws something, the same each time, as
/// PNG, SVG and PDF, in several sizes, inside its box only; leaves Cairo's state as it was (matrix,
/// clip, source, lines, font, what was saved or pushed: runner/picture/watched_context.h) and the
/// snapshot unwritten; takes fewer rows than it asked for.
Suite renderer_suite(const Subject& subject);

/// Takes every record (NaN, infinities, odd tags, long texts); the same records give the same
/// bytes, which are what the file's name says (readable.h); flush leaves nothing behind that could
/// be written (flushing.h); a file that cannot be made, or refuses to grow, comes back as an error
/// and nothing worse; it makes no files but those that the host lends it; it can be destroyed at
/// any time.
Suite logger_suite(const Subject& subject);

/// The suite of the subject's kind.
Suite suite_of(const Subject& subject);

}  // namespace assay::conformance
