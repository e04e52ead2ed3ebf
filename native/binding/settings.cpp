#include "binding/settings.hpp"

namespace nonconvex {

std::string oneOf(std::span<const std::string_view> names) {
  std::string text = "expected one of ";
  for (const std::string_view name : names) text += (name == names.front() ? "" : ", ") + show(name);
  return text;
}

}  // namespace nonconvex
