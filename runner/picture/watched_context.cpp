#include "runner/picture/watched_context.h"

#include <array>
#include <vector>

namespace assay::picture {
namespace {

// Marks the saved state below the current one with a value that no renderer will use.
constexpr double mark = 12345.678;

bool marked(cairo_t* cairo) { return cairo_get_miter_limit(cairo) == mark; }

bool same(const cairo_matrix_t& a, const cairo_matrix_t& b) {
  return a.xx == b.xx && a.yx == b.yx && a.xy == b.xy && a.yy == b.yy && a.x0 == b.x0 &&
         a.y0 == b.y0;
}

bool same_matrix(cairo_t* a, cairo_t* b) {
  cairo_matrix_t of_a, of_b;
  cairo_get_matrix(a, &of_a);
  cairo_get_matrix(b, &of_b);
  return same(of_a, of_b);
}

bool same_clip(cairo_t* a, cairo_t* b) {
  using List = std::unique_ptr<cairo_rectangle_list_t, decltype(&cairo_rectangle_list_destroy)>;
  const List of_a(cairo_copy_clip_rectangle_list(a), &cairo_rectangle_list_destroy);
  const List of_b(cairo_copy_clip_rectangle_list(b), &cairo_rectangle_list_destroy);
  if (of_a->status != of_b->status || of_a->num_rectangles != of_b->num_rectangles) return false;
  for (int i = 0; i < of_a->num_rectangles; ++i) {
    const cairo_rectangle_t &x = of_a->rectangles[i], &y = of_b->rectangles[i];
    if (x.x != y.x || x.y != y.y || x.width != y.width || x.height != y.height) return false;
  }
  return true;
}

// Returns true if both sources are the same plain colour.
bool same_source(cairo_t* a, cairo_t* b) {
  const auto colour = [](cairo_t* cairo) {
    std::array<double, 4> c = {-1, -1, -1, -1};
    cairo_pattern_get_rgba(cairo_get_source(cairo), &c[0], &c[1], &c[2], &c[3]);
    return c;
  };
  return colour(a) == colour(b);
}

bool same_lines(cairo_t* a, cairo_t* b) {
  const auto dashes = [](cairo_t* cairo) {
    std::vector<double> d(static_cast<std::size_t>(cairo_get_dash_count(cairo)) + 1);
    cairo_get_dash(cairo, d.data() + 1, d.data());
    return d;
  };
  return cairo_get_line_width(a) == cairo_get_line_width(b) &&
         cairo_get_line_cap(a) == cairo_get_line_cap(b) &&
         cairo_get_line_join(a) == cairo_get_line_join(b) &&
         cairo_get_miter_limit(a) == cairo_get_miter_limit(b) && dashes(a) == dashes(b);
}

bool same_rules(cairo_t* a, cairo_t* b) {
  return cairo_get_operator(a) == cairo_get_operator(b) &&
         cairo_get_fill_rule(a) == cairo_get_fill_rule(b) &&
         cairo_get_antialias(a) == cairo_get_antialias(b) &&
         cairo_get_tolerance(a) == cairo_get_tolerance(b);
}

bool same_font(cairo_t* a, cairo_t* b) {
  cairo_matrix_t of_a, of_b;
  cairo_get_font_matrix(a, &of_a);
  cairo_get_font_matrix(b, &of_b);
  using Options = std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)>;
  const Options options_a(cairo_font_options_create(), &cairo_font_options_destroy);
  const Options options_b(cairo_font_options_create(), &cairo_font_options_destroy);
  cairo_get_font_options(a, options_a.get());
  cairo_get_font_options(b, options_b.get());
  // Font faces of the same name are one object.
  return same(of_a, of_b) && cairo_get_font_face(a) == cairo_get_font_face(b) &&
         cairo_font_options_equal(options_a.get(), options_b.get()) != 0;
}

}  // namespace

Context watched_context(cairo_surface_t* surface) {
  Context context(cairo_create(surface), &cairo_destroy);
  cairo_set_source_rgb(context.get(), 1, 1, 1);
  const double limit = cairo_get_miter_limit(context.get());
  cairo_set_miter_limit(context.get(), mark);
  cairo_save(context.get());
  cairo_set_miter_limit(context.get(), limit);
  return context;
}

std::string_view what_changed(cairo_t* cairo) {
  if (cairo_get_group_target(cairo) != cairo_get_target(cairo))
    return "a cairo_push_group without its cairo_pop_group";
  if (marked(cairo)) return "a cairo_restore without its cairo_save";
  const Context context = watched_context(cairo_get_target(cairo));
  cairo_t* const fresh = context.get();
  std::string_view changed;
  if (!same_matrix(cairo, fresh)) changed = "the matrix";
  else if (!same_clip(cairo, fresh)) changed = "the clip";
  else if (!same_source(cairo, fresh)) changed = "the source";
  else if (!same_lines(cairo, fresh)) changed = "how lines are drawn";
  else if (!same_rules(cairo, fresh)) changed = "the operator, or how shapes are filled";
  else if (!same_font(cairo, fresh)) changed = "the font";
  cairo_restore(cairo);
  return marked(cairo) ? changed : "a cairo_save without its cairo_restore";
}

}  // namespace assay::picture
