// Wraps a test's own component, or one created by assay::test::make, in the form that the runner
// uses.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "assay/acts.h"
#include "assay/fits.h"
#include "assay/metric.h"
#include "assay/parts.h"
#include "assay/phases.h"
#include "assay/state.h"
#include "runner/plugin_host/component.h"

namespace assay::test {

template <class Interface>
std::shared_ptr<plugin_host::Object> object(
    std::unique_ptr<Interface> component, std::string name,
    std::vector<std::shared_ptr<plugin_host::Object>> nested = {}) {
  auto object = std::make_shared<plugin_host::Object>();
  object->kind = Interface::kind;
  object->who = std::string(name_of(Interface::kind)) + " " + name;
  object->name = std::move(name);
  object->guard = &assay::detail::guard;
  const auto add = [&]<class Facet>(Facet* facet) {
    if (facet != nullptr) object->facets.emplace_back(Facet::facet, facet);
  };
  add(dynamic_cast<Stateful*>(component.get()));
  add(dynamic_cast<Phases*>(component.get()));
  add(dynamic_cast<WholeSplit*>(component.get()));
  add(dynamic_cast<Acts*>(component.get()));
  add(dynamic_cast<Fits*>(component.get()));
  add(dynamic_cast<Parts*>(component.get()));
  object->pointer = component.release();
  object->destroy = [](void* pointer) noexcept {
    std::unique_ptr<Interface>(static_cast<Interface*>(pointer)).reset();
  };
  object->nested = std::move(nested);
  return object;
}

template <class Interface>
plugin_host::Handle<Interface> handle(std::unique_ptr<Interface> component, std::string name) {
  return plugin_host::Handle<Interface>(object(std::move(component), std::move(name)));
}

}  // namespace assay::test
