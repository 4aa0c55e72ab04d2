#include "runner/plugin_host/plugin_host.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <stdexcept>

#include "assay/error.h"
#include "runner/base/utf8.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/library.h"
#include "runner/plugin_host/permissions.h"
#include "runner/plugin_host/planned_options.h"
#include "runner/plugin_host/process_state.h"

namespace assay::plugin_host {

PluginHost::PluginHost(std::vector<std::filesystem::path> folders, InstructionSet instructions)
    : folders_(std::move(folders)), instructions_(instructions) {
  for (std::size_t folder = 0; folder < folders_.size(); ++folder) scan(folder);
}

void PluginHost::scan(std::size_t place) {
  const std::filesystem::path& folder = folders_[place];
  std::vector<std::filesystem::path> files;
  std::error_code error;
  if (std::filesystem::is_regular_file(folder, error)) return add(folder, place);
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().extension() == ".so") files.push_back(entry->path());
  if (error) unreadable_.emplace(folder, error.message());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) add(file, place);
}

// Returns false if another path led to the same file with the same outcome.
bool PluginHost::is_new(const FoundLibrary& library) {
  struct stat file {};
  if (stat(library.file.c_str(), &file) != 0) return true;
  return files_.emplace(file.st_dev, file.st_ino, library.refusal).second;
}

void PluginHost::add(const std::filesystem::path& file, std::size_t folder) {
  auto library = std::make_unique<FoundLibrary>();
  library->file = file;
  library->folder = folder;
  try {
    library->stamp = read_stamp(file);
    library->refusal = fmt::format(
        "{}", fmt::join(refusals(library->stamp, host_stamp(), cpu_instruction_set()), "; "));
    if (library->refusal.empty()) library->refusal = unsafe_permissions(file);
  } catch (const std::exception& error) {
    library->refusal = error.what();
  }
  library->refusal = base::one_line(library->refusal);
  if (!is_new(*library)) return;
  if (library->refusal.empty())
    for (const StampedComponent& component : library->stamp.components)
      components_.try_emplace({component.kind, component.name},
                              Entry{library.get(), component.doc});
  libraries_.push_back(std::move(library));
}

void PluginHost::use(InstructionSet instructions) {
  const InstructionSet best = cpu_instruction_set();
  if (instructions > best)
    throw Error(fmt::format("{} is requested, but this CPU has {} at best", name_of(instructions),
                            name_of(best)));
  instructions_ = instructions;
}

std::vector<std::string> PluginHost::names(Kind kind) {
  std::vector<std::string> names;
  for (const auto& [key, entry] : components_)
    if (key.first == kind) names.push_back(key.second);
  return names;
}

std::span<const Parameter> PluginHost::parameters(Kind kind, std::string_view name) {
  return plugin_host::parameters(find(kind, name).component);
}

std::vector<std::string> PluginHost::searched() const {
  std::vector<std::string> lines;
  for (const auto& folder : folders_) {
    const auto problem = unreadable_.find(folder);
    const std::string shown = base::one_line(folder.string());
    lines.push_back(problem == unreadable_.end() ? shown
                                                 : fmt::format("{} ({})", shown, problem->second));
  }
  return lines;
}

std::vector<std::string> PluginHost::refused(Kind kind, std::string_view name) const {
  std::vector<std::string> certain, possible;
  for (const auto& library : libraries_) {
    if (library->refusal.empty()) continue;
    const std::string line = fmt::format("{}: {}", library->shown(), library->refusal);
    if (library->stamp.offers(kind, name)) certain.push_back(line);
    else if (library->stamp.components.empty()) possible.push_back(line);
  }
  return certain.empty() ? possible : certain;
}

std::vector<std::string> PluginHost::doubts(Kind kind, std::string_view name) const {
  const auto entry = components_.find({kind, std::string(name)});
  if (entry == components_.end()) return {};
  const FoundLibrary& used = *entry->second.library;
  std::vector<std::string> lines;
  for (const auto& library : libraries_) {
    if (library.get() == &used || library->folder > used.folder) continue;
    const bool offers = library->stamp.offers(kind, name);
    const bool may_offer =
        library->stamp.components.empty() && library->file.filename() == used.file.filename();
    if (!library->refusal.empty() && (offers || may_offer))
      lines.push_back(fmt::format(
          "it is taken from {}, since {}, {}, was refused: {}", used.shown(), library->shown(),
          offers ? "which offers it, too" : "a file of the same name", library->refusal));
    else if (offers)
      lines.push_back(fmt::format(
          "it is taken from {}, but {} in the same folder offers it, too; remove one of them",
          used.shown(), library->shown()));
  }
  return lines;
}

void PluginHost::warn(const std::string& text) {
  if (std::ranges::count(warnings_, text) == 0) warnings_.push_back(text);
}

const Manifest& PluginHost::manifest(const FoundLibrary& library) {
  const auto known = opened_.find(&library);
  if (known != opened_.end()) return *known->second;
  const auto offered = [&](Kind kind, std::string_view name) {
    return components_.contains({kind, std::string(name)});
  };
  const auto warning = [&](const std::string& text) { warn(text); };
  const std::string shown = library.shown();
  const std::string what = fmt::format("{}: while it is loaded", shown);
  const Within within({what.c_str(), shown.c_str()});
  return *opened_.emplace(&library, &open_library(library.file, offered, warning)).first->second;
}

const Manifest& PluginHost::open(const std::filesystem::path& file) {
  const auto found = std::ranges::find(libraries_, file, &FoundLibrary::file);
  if (found == libraries_.end())
    throw std::runtime_error(
        fmt::format("{}: no such plugin was found", base::one_line(file.string())));
  if (!(*found)->refusal.empty()) throw std::runtime_error((*found)->refusal);
  return manifest(**found);
}

PluginHost::Found PluginHost::find(Kind kind, std::string_view name) {
  const auto entry = components_.find({kind, std::string(name)});
  if (entry == components_.end())
    throw std::runtime_error(fmt::format("no {} '{}'", name_of(kind), name));
  const FoundLibrary& library = *entry->second.library;
  const Manifest& open = manifest(library);
  for (const Component* component : plugin_host::components(open))
    if (component->kind == kind && component->name == name) return {library, open, *component};
  throw std::runtime_error(
      fmt::format("{}: its stamp promises the {} '{}', but its manifest has none", library.shown(),
                  name_of(kind), name));
}

std::shared_ptr<Object> PluginHost::create(const plan::ComponentPlan& plan,
                                           std::shared_ptr<double> rate_factor) {
  const auto [library, open, component] = find(plan.kind, plan.type);
  auto object = std::make_shared<Object>();
  object->kind = plan.kind;
  object->rate_factor = std::move(rate_factor);
  object->name = plan.type;
  object->who = fmt::format("{} {}", name_of(plan.kind), plan.type);
  object->library = library.shown();
  object->guard = open.guard;
  object->secrets = secrets_;
  object->destroy = component.destroy;
  const PlannedOptions options(plan, plugin_host::parameters(component), *this, *object);
  KeptProcessState state;
  object->name_code();
  const Within within(object->code());
  object->pointer =
      guarded(open.guard, object->who, *secrets_, [&] { return component.create(options); });
  if (const std::string changes = state.restore(); !changes.empty())
    warn(fmt::format("{}: making the {} changed for the whole process: {}", object->library,
                     object->who, changes));
  if (object->pointer == nullptr)
    throw ComponentError(object->who, "its factory returned nothing", {});
  for (const Facet& facet : facets(component))
    object->facets.emplace_back(facet.id, facet.of(object->pointer));
  object->name_code();
  return object;
}

std::vector<FoundComponent> PluginHost::components() const {
  std::vector<FoundComponent> list;
  for (const auto& [key, entry] : components_)
    list.push_back({key.first, key.second, entry.doc, entry.library});
  return list;
}

const FoundLibrary* PluginHost::library_of(Kind kind, std::string_view name) const {
  const auto entry = components_.find({kind, std::string(name)});
  return entry == components_.end() ? nullptr : entry->second.library;
}

std::vector<const FoundLibrary*> PluginHost::opened() const {
  std::vector<const FoundLibrary*> list;
  for (const auto& [library, manifest] : opened_) list.push_back(library);
  std::sort(list.begin(), list.end(), [](auto* a, auto* b) { return a->file < b->file; });
  return list;
}

}  // namespace assay::plugin_host
