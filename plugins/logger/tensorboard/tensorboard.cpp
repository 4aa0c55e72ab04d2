// Logger `tensorboard`: writes scalars, images and text to a TensorBoard event file in the run
// folder. NaN and infinite scalars are written, and TensorBoard shows them as such. It has no
// options.
//
// TensorBoard keeps 1000 scalars and 10 images per tag; `assay view` raises that to 5000 and 100.
//
//   loggers:
//     tensorboard: {type: tensorboard}
#include <optional>

#include "assay/logger.h"
#include "assay/plugin.h"
#include "event_writer.h"
#include "file_name.h"

namespace {

class TensorBoard final : public assay::Logger {
 public:
  static constexpr assay::About about = {
      .name = "tensorboard", .doc = "Event files for TensorBoard: scalars, images and text."};

  explicit TensorBoard(const assay::Options&) {}

  void open(assay::LoggerContext& context) override {
    const double now = context.start_time();
    // The checkpoint's own step was logged before it was saved and stays, so a resumed run's first
    // records belong to the step after it.
    const std::int64_t resumed = context.first_step();
    writer_.emplace(context.create(assay::tensorboard::next_file_name(context.run_folder(), now)),
                    now, resumed == 0 ? 0 : resumed + 1);
  }
  void scalar(const assay::ScalarRecord& record) override { writer_->scalar(record); }
  void image(const assay::ImageRecord& record) override { writer_->image(record); }
  void markdown(const assay::TextRecord& record) override { writer_->text(record); }
  void flush() override { writer_->flush(); }
  void close(assay::Outcome) override {
    if (writer_) writer_->flush();
  }

 private:
  std::optional<assay::tensorboard::EventWriter> writer_;
};

}  // namespace

ASSAY_PLUGIN("tensorboard", "1.0.0", "MIT", TensorBoard)
