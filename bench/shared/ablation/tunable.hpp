// Constants of a Tuning as variables: `npm run bench -- FAMILY/ablation` writes them so in its copy of the sources.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace nonconvex {

struct Tunable {
  double usual;
  std::vector<std::function<void(double)>> set;  ///< one for each class that a template makes
};

/// All such variables by FILE:NAME.
inline std::map<std::string, Tunable>& tunables() {
  static std::map<std::string, Tunable> all;
  return all;
}

/// A variable with its usual value, which lasts as long as the process.
template <class T>
T& tunable(const char* name, T usual) {
  T& variable = *new T(usual);
  Tunable& entry = tunables()[name];
  entry.usual = static_cast<double>(usual);
  entry.set.emplace_back([&variable](double value) { variable = static_cast<T>(value); });
  return variable;
}

}  // namespace nonconvex
