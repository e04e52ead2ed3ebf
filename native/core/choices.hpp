// Settings that belong to a choice: users give them with it, method: adam({ beta2: 0.99 }), penalty: mcp({ gamma: 3 }).
#pragma once

#include <string_view>
#include <vector>

#include "core/fields.hpp"

namespace nonconvex {

/// A name that a setting may have, such as `adam` of `method`, and the settings that are read with it. The struct of a
/// solver's settings lists the names that read settings of their own with `static std::vector<Choice> choices()`.
struct Choice {
  std::string_view setting;
  std::string_view name;
  std::vector<std::string_view> settings;
};

/// A choice that reads the settings of these groups, which are structs with fields.
template <HasFields... Groups>
Choice choice(std::string_view setting, std::string_view name) {
  Choice made{setting, name, {}};
  (forEachField<Groups>([&](const auto& field) { made.settings.push_back(field.name); }), ...);
  return made;
}

}  // namespace nonconvex
