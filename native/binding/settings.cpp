#include "binding/settings.hpp"

#include <algorithm>
#include <numeric>

namespace nonconvex {
namespace {

/// Letters to insert, delete or replace between two words, whatever their case.
std::size_t editDistance(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

void refuseUnknown(const std::string& name, const std::vector<std::string_view>& known) {
  std::string message = "unknown setting " + show(name);
  const auto closest = std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return editDistance(name, a) < editDistance(name, b);
  });
  if (closest != known.end() && editDistance(name, *closest) <= std::max<std::size_t>(1, closest->size() / 3)) {
    message += ": did you mean " + show(*closest) + "?";
  } else {
    message += ".";
  }
  message += " Known settings: ";
  for (const std::string_view each : known) message += (each == known.front() ? "" : ", ") + std::string(each);
  throw Error(ErrorKind::type, message);
}

std::string oneOf(std::span<const std::string_view> names) {
  std::string text = "expected one of ";
  for (const std::string_view name : names) text += (name == names.front() ? "" : ", ") + show(name);
  return text;
}

}  // namespace nonconvex
