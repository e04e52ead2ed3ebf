#include "core/choices.hpp"

namespace nonconvex {

Choice choiceOf(std::string_view setting, std::string_view name,
                std::initializer_list<std::span<const std::string_view>> lists) {
  Choice made{setting, name, {}};
  for (const auto list : lists) made.settings.insert(made.settings.end(), list.begin(), list.end());
  return made;
}

}  // namespace nonconvex
