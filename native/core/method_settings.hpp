// The settings that belong to methods: users give them with the method, method: adam({ beta2: 0.99 }).
#pragma once

#include <string_view>
#include <vector>

namespace nonconvex {

/// A method and the names of the settings that it reads beside those of every method. The struct of a solver's
/// settings lists its methods with `static std::vector<MethodSettings> methods()`.
struct MethodSettings {
  std::string_view name;
  std::vector<std::string_view> settings;
};

}  // namespace nonconvex
