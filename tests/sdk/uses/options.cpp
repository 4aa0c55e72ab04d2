#include "assay/options.h"

namespace {

using namespace assay;

struct Doubling final : Schedule {
  double value(std::int64_t count) const override { return 2 * static_cast<double>(count); }
};

enum class Way { sum, mean };

struct Group {
  bool flag = true;
  static constexpr auto table = options(option("flag", &Group::flag, "a flag"));
};
struct Everything {
  Rate rate = 0.5;
  std::int64_t count = 3;
  double share = 0.25;
  std::string_view text = "text";
  Path file{"assay:digits.csv"};
  Way way = Way::mean;
  TagText tag{"Loss"};
  ValueText value{"test.loss"};
  Nested<Schedule> schedule{"constant"};
  Group group;
  std::vector<Group> groups;
  std::optional<double> absent;
  static constexpr auto table = options(
      option("rate", &Everything::rate, "a rate", {.minimum = 0, .exclusive_minimum = true}),
      option("count", &Everything::count, "a count", {.maximum = 9, .exclusive_maximum = true}),
      option("share", &Everything::share, "a share"), option("text", &Everything::text, "a text"),
      option("file", &Everything::file, "a file"),
      option("way", &Everything::way, "a way", {.choices = "sum|mean"}),
      option("tag", &Everything::tag, "a tag"), option("value", &Everything::value, "a value"),
      option("schedule", &Everything::schedule, "a component"),
      option("group", &Everything::group, "a group"),
      required("groups", &Everything::groups, "groups"),
      option("absent", &Everything::absent, "a number or none"));
};

}  // namespace

int main() {
  const Doubling doubling;
  Doubling other;
  const Everything made;
  const bool rates = Rate(doubling).at(3) == 6 && Rate(0.5).at(3) == 0.5 && Rate().at(0) == 0 &&
                     Rate("cosine").written() == "cosine" && made.rate.constant() == 0.5;
  const Nested<Schedule> nested(other);
  return rates && nested->value(1) == 2 && &*nested == &other &&
                 made.schedule.written() == "constant" && made.file.text.size() > 5
             ? 0
             : 1;
}
