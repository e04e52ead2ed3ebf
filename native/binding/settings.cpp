#include "binding/settings.hpp"

namespace nonconvex {

std::string oneOf(std::span<const std::string_view> names) {
  std::string text = "expected one of ";
  for (const std::string_view name : names) text += (name == names.front() ? "" : ", ") + show(name);
  return text;
}

std::vector<std::string> namesIn(Napi::Object object) {
  const Napi::Array found = object.GetPropertyNames();
  std::vector<std::string> names(found.Length());
  for (std::uint32_t i = 0; i < names.size(); ++i) names[i] = found.Get(i).As<Napi::String>().Utf8Value();
  return names;
}

}  // namespace nonconvex
