#include "runner/plan/bounds.h"

#include <cmath>

#include "runner/plan/scalar.h"

namespace assay::plan {

bool within(double number, const Parameter& p) {
  if (!std::isfinite(number)) return false;
  if (p.exclusive_minimum ? number <= p.minimum : number < p.minimum) return false;
  return p.exclusive_maximum ? number < p.maximum : number <= p.maximum;
}

std::string bounds(const Parameter& p) {
  std::string text;
  if (std::isfinite(p.minimum) && std::isfinite(p.maximum) && !p.exclusive_minimum &&
      !p.exclusive_maximum)
    return " from " + shortest(p.minimum) + " to " + shortest(p.maximum);
  if (std::isfinite(p.minimum))
    text += (p.exclusive_minimum ? " above " : " of at least ") + shortest(p.minimum);
  if (std::isfinite(p.maximum)) {
    if (!text.empty()) text += " and";
    const bool bare = text.empty();
    text += p.exclusive_maximum ? " below " : bare ? " of at most " : " at most ";
    text += shortest(p.maximum);
  }
  return text;
}

}  // namespace assay::plan
