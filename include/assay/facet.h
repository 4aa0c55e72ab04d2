// Facets: small optional interfaces. A component derives from the interface of its kind and from
// the facets that it wants:
//
//   class Smooth final : public assay::Hook, public assay::Stateful { ... };
//
// ASSAY_PLUGIN finds the facets while compiling and lists them in the manifest. A host that does
// not know a facet refuses the plugin by its SDK version; a component without facets needs no code
// for them. So a later facet changes nothing for the components that exist.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <type_traits>

#include "assay/kind.h"

namespace assay {

enum class FacetId : std::uint32_t {
  stateful,     ///< state.h: remembers numbers and tensors from step to step
  phases,       ///< phases.h: a model that needs sums over the whole batch
  whole_split,  ///< metric.h: a metric that needs all rows of a split at once
  acts,         ///< acts.h: a hook that changes the run
  fits,         ///< fits.h: sees the training rows once before training
  parts,        ///< parts.h: a model whose blocks several threads compute together
};

inline constexpr std::array<std::string_view, 6> facet_names = {"stateful", "phases", "whole_split",
                                                                "acts",     "fits",   "parts"};

constexpr std::string_view name_of(FacetId facet) {
  return facet_names[static_cast<std::size_t>(facet)];
}

/// A facet of a component in the manifest.
struct Facet {
  FacetId id;
  /// Returns the facet's interface of a component, given the pointer to its kind's interface.
  void* (*of)(void* component) noexcept;
};

class Acts;
class Fits;
class Parts;
class Phases;
class Stateful;
class WholeSplit;

namespace detail {

/// Returns the facet F of a component of class T.
template <class T, class Interface, class F>
void* facet_of(void* component) noexcept {
  return static_cast<F*>(static_cast<T*>(static_cast<Interface*>(component)));
}

template <class T, class Interface, class F>
constexpr void add_facet(Facet* facets, std::size_t& count) {
  if constexpr (std::is_convertible_v<T*, F*>) {
    static_assert(F::serves(T::kind),
                  "this facet is not for components of this kind; see the facet's header");
    if constexpr (F::facet == FacetId::fits)
      static_assert(std::is_convertible_v<T*, Stateful*>,
                    "a component that fits must also be Stateful, and declare what it has learnt");
    if constexpr (F::facet == FacetId::parts)
      static_assert(!std::is_convertible_v<T*, Phases*>,
                    "a model has Parts or Phases, and not both; see parts.h");
    facets[count++] = {F::facet, &facet_of<T, Interface, F>};
  }
}

/// The facets of class T, whose kind's interface is Interface.
template <class T, class Interface, class... Facets>
struct FacetTable {
  static constexpr std::size_t count = (0 + ... + std::size_t{std::is_convertible_v<T*, Facets*>});
  static constexpr auto all = [] {
    std::array<Facet, (count > 0 ? count : 1)> facets{};
    std::size_t next = 0;
    (add_facet<T, Interface, Facets>(facets.data(), next), ...);
    return facets;
  }();
};

template <class T, class Interface>
using FacetsOf = FacetTable<T, Interface, Stateful, Phases, WholeSplit, Acts, Fits, Parts>;

}  // namespace detail
}  // namespace assay
