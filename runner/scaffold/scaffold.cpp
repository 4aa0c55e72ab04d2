#include "runner/scaffold/scaffold.h"

#include <stdexcept>

#include "runner/scaffold/name.h"
#include "runner/scaffold/templates.h"

namespace assay::scaffold {
namespace {

std::string text_of(const std::string& name) {
  for (const Template& t : templates())
    if (t.name == name) return std::string(t.text);
  throw std::logic_error("no template " + name);
}

void replace(std::string& text, std::string_view word, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += with.size())
    text.replace(at, word.size(), with);
}

}  // namespace

std::string command_to_try(Kind kind, std::string_view name) {
  std::string command = kind == Kind::launcher
                            ? "assay batch plugin_name.yaml seed=1,2 -j 2 --launcher plugin_name"
                            : "assay run plugin_name.yaml";
  replace(command, "plugin_name", name);
  return command + " --plugin-path build";
}

std::vector<File> plugin(Kind kind, std::string_view name) {
  const std::string kind_name(name_of(kind)), plugin_name(name);
  std::vector<File> files = {{plugin_name + ".cpp", text_of(kind_name + ".cpp")},
                             {"meson.build", text_of("project.meson")},
                             {plugin_name + ".yaml", text_of(kind_name + ".yaml")},
                             {"README.md", text_of("README.md")},
                             {".gitignore", text_of("gitignore")}};
  if (kind == Kind::optimizer) {
    files[1].text += text_of("optimizer.meson");
    files.push_back({plugin_name + "_test.cpp", text_of("optimizer_test.cpp")});
  }
  const std::string dependencies =
      kind == Kind::renderer ? "[assay, dependency(assay.get_variable('renderer_requires'))]"
                             : "assay";
  for (File& file : files) {
    replace(file.text, "plugin_dependencies", dependencies);
    replace(file.text, "plugin_command", command_to_try(kind, name));
    replace(file.text, "plugin_kind", kind_name);
    replace(file.text, "plugin_name", plugin_name);
    replace(file.text, "PluginName", class_name(kind, name));
  }
  return files;
}

}  // namespace assay::scaffold
