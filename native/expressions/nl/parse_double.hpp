// std::from_chars for doubles, also where the standard library has it for integers alone, as libc++ before 20.
#pragma once

#include <charconv>
#include <cmath>
#include <version>

#ifndef __cpp_lib_to_chars
#include <cstdlib>
#include <cstring>
#include <string>
#ifdef __APPLE__
#include <xlocale.h>
#else
#include <locale.h>
#endif
#endif

namespace nonconvex {

#ifdef __cpp_lib_to_chars

inline std::from_chars_result parseDouble(const char* begin, const char* end, double& value) {
  return std::from_chars(begin, end, value);
}

#else

/// Parses by the C library, in the locale "C" whatever the host of this process has chosen.
inline std::from_chars_result parseDouble(const char* begin, const char* end, double& value) {
  // Of what the C library would take for numbers, 'x' and 'p' of hexadecimal ones are left out; a '+' at the beginning,
  // too.
  const char* stop = begin;
  while (stop != end && *stop != '\0' && std::strchr("0123456789.eE+-infINFatyATY", *stop) != nullptr) ++stop;
  if (stop == begin || *begin == '+') return {begin, std::errc::invalid_argument};
  const std::string text(begin, stop);
  char* rest = nullptr;
#ifdef _WIN32
  static const _locale_t locale = _create_locale(LC_ALL, "C");
  const double parsed = _strtod_l(text.c_str(), &rest, locale);
#else
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
  const double parsed = strtod_l(text.c_str(), &rest, locale);
#endif
  const auto length = rest - text.c_str();
  if (length == 0) return {begin, std::errc::invalid_argument};
  // Neither 0 nor infinity, unless the text says so.
  const bool out = (parsed == 0 && text.substr(0, text.find_first_of("eE")).find_first_of("123456789") != text.npos) ||
                   (std::isinf(parsed) && text.find_first_of("0123456789") != text.npos);
  if (out) return {begin + length, std::errc::result_out_of_range};
  value = parsed;
  return {begin + length, std::errc()};
}

#endif

}  // namespace nonconvex
