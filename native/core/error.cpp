#include "core/error.hpp"

#include <array>
#include <charconv>

namespace nonconvex {

std::string show(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  // to_chars, not printf or strtod: no locale, and no newer glibc symbols than the prebuilt binary allows.
  std::array<char, 64> text;
  const bool integer = std::abs(value) < 1e15 && std::trunc(value) == value;
  const auto end =
      integer ? std::to_chars(text.data(), text.data() + text.size(), static_cast<long long>(value)).ptr
              : std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 6).ptr;
  return {text.data(), end};
}

std::string show(std::string_view value) { return "'" + std::string(value) + "'"; }
std::string show(const char* value) { return show(std::string_view(value)); }
std::string show(bool value) { return value ? "true" : "false"; }
std::string show(long long value) { return std::to_string(value); }
std::string show(unsigned long long value) { return std::to_string(value); }

void throwRange(std::string_view name, const std::string& value, std::string_view expectation) {
  throw Error(ErrorKind::range, std::string(name) + " = " + value + ": " + std::string(expectation));
}

void requireLength(std::string_view name, std::size_t length, int expected, std::string_view per) {
  if (std::cmp_equal(length, expected)) return;
  const std::string so = per.empty() ? "expected " : "expected " + std::string(per) + ": ";
  require(false, std::string(name) + ".length", length, so + show(expected));
}

}  // namespace nonconvex
